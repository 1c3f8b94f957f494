import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { ReadyChunks } from './deflate.ts'
import { gzip } from './gzip.ts'
import { tar } from './tar.ts'
import type { TarEntry } from './tar.ts'

/** A layer as it lies on disk. */
export interface OciLayer {
  path: string
  size: number
  /** `sha256:<hex>` of the file, and of the tar in it. */
  digest: string
  diffId: string
}

/**
 * Writes a layer (image-spec, layer.md) as tar.gz. Entries are sorted by name, so that the order given has no influence; names are
 * relative, and what is removed from the layers below is an empty file `.wh.<name>` (`whiteout`).
 * `ready`: chunks of files that are compressed already.
 * @example const layer = await writeLayer('/tmp/l.tar.gz', [{ name: 'hello', mode: 0o755, mtime, uid: 0, gid: 0, body }])
 */
export async function writeLayer(path: string, entries: readonly TarEntry[], ready?: ReadyChunks): Promise<OciLayer> {
  const inside = createHash('sha256')
  const outside = createHash('sha256')
  let size = 0
  const all = entries
    .map((one) => (one.body.type === 'directory' && !one.name.endsWith('/') ? { ...one, name: `${one.name}/` } : one))
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of tar(all)) {
      inside.update(chunk)
      yield chunk
    }
  }
  async function* packed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of gzip(counted(), undefined, ready)) {
      outside.update(chunk)
      size += chunk.length
      yield chunk
    }
  }
  await pipeline(packed(), createWriteStream(path))
  return { path, size, digest: `sha256:${outside.digest('hex')}`, diffId: `sha256:${inside.digest('hex')}` }
}
