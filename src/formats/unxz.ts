import * as decompress from 'xz-decompress'
import { FormatError } from './format-error.ts'

/** A CommonJS module: Node gives its exports as the default alone, a bundler also by name. */
const { default: inner } = decompress as unknown as { default?: typeof decompress }
const { XzReadableStream } = inner ?? decompress

/**
 * What was compressed with xz; damage is a FormatError.
 * @example for await (const chunk of unxz(fileChunks('hello.xz'))) out.write(chunk)
 */
export async function* unxz(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new XzReadableStream(ReadableStream.from(source)).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } catch (error) {
    throw new FormatError(`the xz data is damaged: ${(error as Error).message}`, error)
  } finally {
    await reader.cancel().catch(() => {})
  }
}
