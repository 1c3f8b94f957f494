import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { FormatError } from './format-error.ts'
import { through } from './through.ts'

/** node:zlib has zstd from 22.15 on; older ones lack the functions. */
const own = zlib as {
  createZstdCompress?: (options: zlib.ZstdOptions) => Transform
  createZstdDecompress?: () => Transform
}

/** Whether this Node knows zstd. */
export const hasZstd = own.createZstdCompress !== undefined

/**
 * zstd at its usual level. Which bytes come out also depends on the version of the library inside of Node.
 * @example await pipeline(zstd(tar(entries)), createWriteStream('hello.tar.zst'))
 */
export async function* zstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  if (own.createZstdCompress === undefined) throw missing()
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: 3, [zlib.constants.ZSTD_c_checksumFlag]: 1 }
  yield* through(source, own.createZstdCompress({ params }), 'zstd failed')
}

/** What was compressed; damage is a FormatError. */
export async function* unzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  if (own.createZstdDecompress === undefined) throw missing()
  yield* through(source, own.createZstdDecompress(), 'the zstd data is damaged')
}

function missing(): FormatError {
  return new FormatError(`zstd needs Node 22.15 or newer; this is ${process.version}`)
}
