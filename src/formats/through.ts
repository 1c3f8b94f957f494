import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FormatError } from './format-error.ts'

/**
 * The bytes of a source after a transform of node:zlib. Damaged input is a FormatError that begins with `what`; a reader that stops early
 * ends the source as well.
 */
export async function* through(
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
  what: string,
): AsyncGenerator<Buffer> {
  const flowing = pipeline(source, transform)
  // The same failure is met when the transform is read.
  flowing.catch(() => {})
  try {
    for await (const chunk of transform as AsyncIterable<Buffer>) yield chunk
    await flowing
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code.startsWith('Z_')) throw new FormatError(`${what}: ${(error as Error).message}`, error)
    throw error
  }
}
