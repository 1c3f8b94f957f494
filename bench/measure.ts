import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Measured {
  /** Wall-clock seconds. */
  seconds: number
  /** Highest resident memory of the process tree's root, MB; 0 where /proc does not tell. */
  megabytes: number
}

/** Runs a command to its end and measures it as a whole process. Throws with its output when it fails. */
export async function measure(
  argv: string[],
  options: { cwd?: string; env?: Record<string, string | undefined>; fails?: boolean } = {},
): Promise<Measured> {
  const [file = '', ...args] = argv
  const began = performance.now()
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let peak = 0
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const watch = setInterval(() => (peak = Math.max(peak, peakOf(child.pid))), 20)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  clearInterval(watch)
  const seconds = (performance.now() - began) / 1000
  if (code !== 0 && options.fails !== true) throw new Error(`${argv.join(' ')} ended with ${code}\n${output}`)
  return { seconds, megabytes: peak / 1024 }
}

/** VmHWM of a process, kB. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

export interface Pair {
  name: string
  /** Aim in words, as the issue states it. */
  aim: string
  ours: Measured[]
  /** What the peer is, with its version. */
  peer: string
  theirs: Measured[]
}

/** Runs ours and theirs in turn, one warm-up of each, then so many rounds. */
export async function inTurn(
  name: string,
  aim: string,
  peer: string,
  rounds: number,
  ours: (round: number) => Promise<Measured>,
  theirs: (round: number) => Promise<Measured>,
): Promise<Pair> {
  const pair: Pair = { name, aim, peer, ours: [], theirs: [] }
  await ours(-1)
  await theirs(-1)
  for (let round = 0; round < rounds; round++) {
    pair.ours.push(await ours(round))
    pair.theirs.push(await theirs(round))
  }
  return pair
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** One row of docs/performance.md. */
export function row(pair: Pair): string {
  const seconds = (all: Measured[]): string => {
    const values = all.map((one) => one.seconds)
    return `${median(values).toFixed(3)} s (${Math.min(...values).toFixed(3)}–${Math.max(...values).toFixed(3)})`
  }
  const memory = (all: Measured[]): string => {
    const most = Math.max(...all.map((one) => one.megabytes))
    return most === 0 ? '' : `, ${Math.round(most)} MB`
  }
  if (pair.theirs.length === 0)
    return `| ${pair.name} | ${seconds(pair.ours)}${memory(pair.ours)} | ${pair.peer} | – | ${pair.aim} |`
  const ratio = median(pair.ours.map((one, at) => one.seconds / (pair.theirs[at]?.seconds ?? Number.NaN)))
  return `| ${pair.name} | ${seconds(pair.ours)}${memory(pair.ours)} | ${pair.peer}: ${seconds(pair.theirs)}${memory(pair.theirs)} | ${ratio.toFixed(2)} | ${pair.aim} |`
}
