import { createWriteStream } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TagonceError } from '../../core/errors.ts'
import type { ReadyChunks } from '../../formats/deflate.ts'
import { fileChunks, passingChunks } from '../../formats/file-chunks.ts'
import { gunzip } from '../../formats/gzip.ts'
import { writeLayer } from '../../formats/oci-layer.ts'
import type { OciLayer } from '../../formats/oci-layer.ts'
import type { TarEntry } from '../../formats/tar.ts'
import { readTar } from '../../formats/tar-reader.ts'
import { unxz } from '../../formats/unxz.ts'
import { unzstd } from '../../formats/zstd.ts'
import { layerTar, plainName } from './base.ts'
import type { BaseLayer } from './base.ts'
import type { Layer } from './dockerfile/copy.ts'
import type { FileSource } from './dockerfile/file-tree.ts'
import type { PackedProgram } from './packed-program.ts'

/** Where the bytes of a recipe's files are found. */
export interface Sources {
  /** A file of the build context, on this machine. */
  context(path: string): Promise<string>
  /** Such a file out of the archive that it is compressed in already, when it lies in one. */
  packed?(path: string): PackedProgram | undefined
  /** Layers of base images, by digest. */
  layers: ReadonlyMap<string, BaseLayer>
  folder: string
  /** Seconds since the epoch, of every file. */
  mtime: number
}

/** Writes the layers of a recipe, one file each. Those without anything in them are left out, as `undefined`. */
export async function writeLayers(layers: readonly Layer[], sources: Sources, name: string): Promise<OciLayer[]> {
  await mkdir(sources.folder, { recursive: true, mode: 0o700 })
  const taken = await takeOut(layers, sources)
  const pathOf = (source: Exclude<FileSource, { from: 'text' }>): Promise<string> => {
    if (source.from === 'context') return sources.context(source.path)
    return Promise.resolve(taken.get(`${source.digest} ${source.member}`)!)
  }
  return Promise.all(
    layers.map(async (layer, at) => {
      const entries = new Map<string, TarEntry>()
      const ready: ReadyChunks = new WeakMap()
      for (const [path, node] of layer.nodes) {
        const common = { name: path, mode: node.mode, uid: node.uid, gid: node.gid, mtime: sources.mtime }
        if (node.type === 'directory') entries.set(path, { ...common, body: { type: 'directory' } })
        else if (node.type === 'symlink')
          entries.set(path, { ...common, body: { type: 'symlink', target: node.target } })
        else if (node.source.from === 'text') entries.set(path, { ...common, body: bytesBody(node.source.bytes) })
        else {
          const packed = node.source.from === 'context' ? sources.packed?.(node.source.path) : undefined
          const body: TarEntry['body'] =
            packed === undefined
              ? await fileBody(await pathOf(node.source))
              : { type: 'file', size: packed.size, content: () => packed.chunks(ready) }
          entries.set(path, { ...common, body })
        }
      }
      for (const one of layer.unpack) {
        if (one.source.from === 'text') continue
        await unpack(await pathOf(one.source), one, entries, sources)
      }
      return writeLayer(join(sources.folder, `${name}-${at}.tar.gz`), [...entries.values()], ready)
    }),
  )
}

function bytesBody(bytes: Buffer): TarEntry['body'] {
  return {
    type: 'file',
    size: bytes.length,
    content: async function* content() {
      yield bytes
    },
  }
}

async function fileBody(path: string): Promise<TarEntry['body']> {
  const { size } = await stat(path)
  return { type: 'file', size, content: () => passingChunks(path, size) }
}

/** What `ADD` makes of a file: an archive's members, or the file itself. */
async function unpack(
  path: string,
  one: Layer['unpack'][number],
  entries: Map<string, TarEntry>,
  sources: Sources,
): Promise<void> {
  const inside = await tarIn(path, one.path)
  const folders = (name: string): void => {
    const folder = posix.dirname(name)
    if (folder === '.' || entries.has(folder)) return
    folders(folder)
    entries.set(folder, {
      name: folder,
      mode: 0o755,
      uid: 0,
      gid: 0,
      mtime: sources.mtime,
      body: { type: 'directory' },
    })
  }
  if (inside === undefined) {
    const { uid, gid, mode } = one
    folders(one.path)
    entries.set(one.path, { name: one.path, mode, uid, gid, mtime: sources.mtime, body: await fileBody(path) })
    return
  }
  for await (const member of readTar(inside)) {
    const name = one.into === '' ? member.name : `${one.into}/${member.name}`
    const { mode, uid, gid, mtime } = member
    const common = { name, mode, uid, gid, mtime }
    folders(name)
    if (member.type === 'directory') entries.set(name, { ...common, body: { type: 'directory' } })
    else if (member.type === 'symlink')
      entries.set(name, { ...common, body: { type: 'symlink', target: member.target } })
    else if (member.type === 'file') {
      const chunks: Buffer[] = []
      for await (const chunk of member.content) chunks.push(Buffer.from(chunk))
      entries.set(name, { ...common, body: bytesBody(Buffer.concat(chunks)) })
    } else
      throw new TagonceError(
        'spoke',
        `ADD: ${member.name} in ${posix.basename(path)} is neither a file nor a folder nor a link`,
      )
  }
}

/** The tar in a file, when there is one: plain or compressed, seen by its first bytes. */
async function tarIn(path: string, name: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  await using file = await open(path, 'r')
  const head = Buffer.alloc(512)
  await file.read(head, 0, 512, 0)
  const begins = (...bytes: number[]): boolean => bytes.every((byte, at) => head[at] === byte)
  if (head.toString('latin1', 257, 262) === 'ustar') return fileChunks(path)
  const unpacked = begins(0x1f, 0x8b)
    ? (): AsyncIterable<Uint8Array> => gunzip(fileChunks(path))
    : begins(0xfd, 0x37, 0x7a, 0x58, 0x5a)
      ? (): AsyncIterable<Uint8Array> => unxz(fileChunks(path))
      : begins(0x28, 0xb5, 0x2f, 0xfd)
        ? (): AsyncIterable<Uint8Array> => unzstd(fileChunks(path))
        : undefined
  if (begins(0x42, 0x5a, 0x68) && /\.(tar\.bz2|tbz2?)$/.test(name)) {
    throw new TagonceError('spoke', `ADD: ${posix.basename(name)} is packed with bzip2, which is not read here`, {
      hint: 'pack it as tar.gz',
    })
  }
  if (unpacked === undefined) return undefined
  // A compressed file need not hold a tar.
  let first = Buffer.alloc(0)
  for await (const chunk of unpacked()) {
    first = Buffer.concat([first, chunk])
    if (first.length >= 512) break
  }
  return first.toString('latin1', 257, 262) === 'ustar' ? unpacked() : undefined
}

/** Takes the members that are copied from base images out of their layers, each layer read once. */
async function takeOut(layers: readonly Layer[], sources: Sources): Promise<Map<string, string>> {
  const wanted = new Map<string, Set<string>>()
  for (const layer of layers) {
    for (const node of layer.nodes.values()) {
      if (node.type !== 'file' || node.source.from !== 'layer') continue
      const { digest, member } = node.source
      wanted.set(digest, (wanted.get(digest) ?? new Set()).add(member))
    }
  }
  const taken = new Map<string, string>()
  for (const [digest, members] of wanted) {
    const base = sources.layers.get(digest)
    if (base === undefined) throw new TagonceError('internal', `no layer ${digest}`)
    for await (const member of readTar(layerTar(base), { anyName: true })) {
      const name = plainName(member.name)
      if (!members.has(name) || member.type !== 'file') continue
      const path = join(sources.folder, `taken-${taken.size}`)
      await pipeline(member.content, createWriteStream(path))
      taken.set(`${digest} ${name}`, path)
    }
  }
  return taken
}
