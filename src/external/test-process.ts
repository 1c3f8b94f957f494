import { readFileSync } from 'node:fs'

/** Whether a process still runs; one that has ended and was not waited for yet (a zombie) does not. For tests. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch (error) {
    // No /proc here, or it ended just now.
    return process.platform !== 'linux' || !(error instanceof Error)
  }
}
