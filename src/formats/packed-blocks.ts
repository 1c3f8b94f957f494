import { readFile, stat } from 'node:fs/promises'
import { constants, inflateRaw } from 'node:zlib'
import { BLOCK, WINDOW } from './deflate.ts'

/** Archives bigger than this are not looked through; they would be held in memory. */
const MOST = 256 * 1024 * 1024
/** Deflate's empty stored block, with which a flush ends (RFC 1951, 3.2.4). */
const MARKER = Buffer.from([0, 0, 0xff, 0xff])
/** Magic, deflate, no flags: the header of an archive that our `gzip` wrote. */
const HEAD = Buffer.from([0x1f, 0x8b, 8, 0])
const HEADER = 10
/** The end of such an archive: deflate's last block, the checksum and the length. */
const TRAILER = 2 + 8
const RECORD = 512

/** A piece of a file, and its form in the archive, where that can stand in another stream as it is. */
export interface PackedChunk {
  bytes: Buffer
  packed?: Buffer
}

/**
 * Reads a member of a tar.gz that our `gzip` wrote, with the compressed form of its blocks: a block depends on nothing but the 32 KiB
 * before it, so it can stand in another stream where those are of the member, too. Ends early, maybe at once, where the archive was
 * written otherwise: what is missing, and whether the bytes are the right ones, is for the caller to see to.
 * @param member its name in the archive
 * @example for await (const { bytes, packed } of packedMember('a.tar.gz', 'a/hello')) if (packed) ready.set(bytes, packed)
 */
export async function* packedMember(archive: string, member: string): AsyncGenerator<PackedChunk> {
  const { size } = await stat(archive)
  if (size > MOST) return
  const bytes = await readFile(archive)
  if (!bytes.subarray(0, HEAD.length).equals(HEAD)) return
  const place = new MemberPlace(member)
  let from = 0
  let next = nextBlock(bytes, HEADER, undefined)
  for (;;) {
    const block = await next
    if (block === undefined) return
    const { content, packed, end } = block
    // While one is used, the next is unpacked.
    next = block.last ? Promise.resolve(undefined) : nextBlock(bytes, end, content.subarray(BLOCK - WINDOW))
    place.read(content, from)
    const to = from + content.length
    const { start, end: memberEnd } = place
    if (start !== undefined && memberEnd !== undefined) {
      const whole = content.length === BLOCK && from >= start + WINDOW && to <= memberEnd
      const part = content.subarray(Math.max(0, start - from), Math.max(0, memberEnd - from))
      if (part.length > 0) yield whole ? { bytes: part, packed } : { bytes: part }
      if (to >= memberEnd) return
    }
    from = to
  }
}

interface Block {
  content: Buffer
  packed: Buffer
  end: number
  /** Whether nothing follows it; it may be shorter than the others. */
  last: boolean
}

/** The block that begins at a byte; a marker that is there by chance is passed. */
async function nextBlock(bytes: Buffer, from: number, dictionary: Buffer | undefined): Promise<Block | undefined> {
  for (let tries = 0, after = from; tries < 4; tries++) {
    const marker = bytes.indexOf(MARKER, after)
    if (marker === -1) return undefined
    const end = marker + MARKER.length
    const content = await inflated(bytes.subarray(from, end), dictionary)
    const last = end === bytes.length - TRAILER
    if (content !== undefined && (content.length === BLOCK || last))
      return { content, packed: bytes.subarray(from, end), end, last }
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
      const kind = text(156, 1)
      if (name === this.#name && (kind === '0' || kind === '')) {
        this.start = body
        this.end = body + size
      }
      this.#header = body + Math.ceil(size / RECORD) * RECORD
    }
  }
}
