import { mkdir, readdir, rm } from 'node:fs/promises'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'

/**
 * Makes the folder for what is built, which must be empty, or is emptied when `clean` is set. Absolute path.
 * @example await prepareDist('/repo', 'dist', { clean: true }) // '/repo/dist'
 */
export async function prepareDist(root: string, dist: string, options: { clean: boolean }): Promise<string> {
  const folder = inside(root, dist)
  try {
    if (options.clean) await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    await mkdir(folder, { recursive: true })
    const there = await readdir(folder)
    if (there.length === 0) return folder
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const why =
      code === 'ENOTDIR' || code === 'EEXIST' ? 'is not a folder' : `can’t be written (${code || String(error)})`
    throw new TagonceError('disk', `${dist} ${why}`, {
      cause: error,
      hint: 'check who owns it, and the space on the disk',
    })
  }
  throw new TagonceError('usage', `${dist} is not empty`, { hint: 'add --clean to empty it first' })
}
