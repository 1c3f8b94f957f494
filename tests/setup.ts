import { join } from 'node:path'
import { run } from '../src/external/process.ts'

/** Builds the program when a source is newer: the tests here run what users run. */
export async function setup(): Promise<void> {
  const { code, stdout, stderr } = await run([
    process.execPath,
    join(import.meta.dirname, '..', 'scripts', 'ensure.mjs'),
  ])
  if (code !== 0) throw new Error(`the program could not be built: ${stdout}${stderr}`)
}
