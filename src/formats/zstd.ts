import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { through } from './through.ts'

/** node:zlib has zstd from 22.15 on; older ones lack the function. */
const make = (zlib as { createZstdCompress?: (options: zlib.ZstdOptions) => Transform }).createZstdCompress

/** Whether this Node can compress with zstd. */
export const hasZstd = make !== undefined

/**
 * zstd at its usual level. Which bytes come out also depends on the version of the library inside of Node.
 * @example await pipeline(zstd(tar(entries)), createWriteStream('hello.tar.zst'))
 */
export async function* zstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  if (make === undefined) throw new Error(`Node ${process.version} has no zstd`)
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: 3, [zlib.constants.ZSTD_c_checksumFlag]: 1 }
  yield* through(source, make({ params }), 'zstd failed')
}
