import { open, readFile, stat } from 'node:fs/promises'
import { constants, inflateRaw } from 'node:zlib'
import { BLOCK, WINDOW } from './deflate.ts'

/** Archives bigger than this are not looked through; they would be held in memory. */
const MOST = 256 * 1024 * 1024
/** Deflate's empty stored block, with which a flush ends (RFC 1951, 3.2.4). */
const MARKER = Buffer.from([0, 0, 0xff, 0xff])
/** Magic, deflate, no flags: the header of an archive that our `gzip` wrote. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0])
const RECORD = 512

/** Pieces of a file as an archive has them compressed. */
export interface PackedBlocks {
  /** Where in the file the first begins; each is a mebibyte, and they follow one another. */
  start: number
  blocks: Buffer[]
}

/**
 * Finds in a tar.gz of ours the compressed blocks of a member that can stand in another stream as they are: a block depends on nothing but
 * the 32 KiB before it, and those must be of the member, too. Each is unpacked and compared with the file before it counts. Undefined
 * where the archive was written otherwise, or the member is small.
 * @param member its name in the archive
 * @param file the same bytes, unpacked
 */
export async function packedBlocks(archive: string, member: string, file: string): Promise<PackedBlocks | undefined> {
  const { size } = await stat(archive)
  if (size > MOST) return undefined
  const bytes = await readFile(archive)
  if (!bytes.subarray(0, HEAD.length).equals(HEAD)) return undefined
  await using source = await open(file)
  const content = Buffer.allocUnsafeSlow(BLOCK)
  const place = new MemberPlace(member)
  const found: PackedBlocks = { start: 0, blocks: [] }
  let dictionary: Buffer | undefined
  let at = 10
  for (let block = 0; ; block++) {
    const next = await nextBlock(bytes, at, dictionary)
    if (next === undefined) break
    const from = block * BLOCK
    place.read(next.content, from)
    if (place.end !== undefined && from + BLOCK > place.end) break
    if (place.start !== undefined && from >= place.start + WINDOW) {
      const { bytesRead } = await source.read(content, 0, BLOCK, from - place.start)
      if (bytesRead !== BLOCK || !content.equals(next.content)) return undefined
      if (found.blocks.length === 0) found.start = from - place.start
      found.blocks.push(bytes.subarray(at, next.end))
    }
    dictionary = next.content.subarray(BLOCK - WINDOW)
    at = next.end
  }
  return found.blocks.length === 0 ? undefined : found
}

/** The block that begins at a byte; a marker that is there by chance is passed. */
async function nextBlock(
  bytes: Buffer,
  from: number,
  dictionary: Buffer | undefined,
): Promise<{ content: Buffer; end: number } | undefined> {
  for (let tries = 0, after = from; tries < 4; tries++) {
    const marker = bytes.indexOf(MARKER, after)
    if (marker === -1) return undefined
    const end = marker + MARKER.length
    const content = await inflated(bytes.subarray(from, end), dictionary)
    if (content?.length === BLOCK) return { content, end }
    after = marker + 1
  }
  return undefined
}

function inflated(bytes: Buffer, dictionary: Buffer | undefined): Promise<Buffer | undefined> {
  const options = {
    finishFlush: constants.Z_SYNC_FLUSH,
    // One more than a block: what is longer is none.
    chunkSize: BLOCK + 1,
    maxOutputLength: BLOCK + 1,
    ...(dictionary === undefined ? {} : { dictionary }),
  }
  return new Promise((resolve) => {
    inflateRaw(bytes, options, (error, content) => resolve(error === null ? content : undefined))
  })
}

/** Where a member's bytes lie in a tar, read block by block; a record never lies across two. */
class MemberPlace {
  readonly #name: string
  #header = 0
  start: number | undefined
  end: number | undefined

  constructor(name: string) {
    this.#name = name
  }

  read(block: Buffer, from: number): void {
    while (this.start === undefined && this.#header < from + block.length) {
      const head = block.subarray(this.#header - from, this.#header - from + RECORD)
      const text = (at: number, length: number): string =>
        head.toString('latin1', at, at + length).replace(/\0.*$/s, '')
      const prefix = text(345, 155)
      const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`
      const size = Number.parseInt(text(124, 12), 8) || 0
      const body = this.#header + RECORD
      if (name === this.#name) {
        this.start = body
        this.end = body + size
      }
      this.#header = body + Math.ceil(size / RECORD) * RECORD
    }
  }
}
