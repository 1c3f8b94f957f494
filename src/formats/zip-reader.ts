import { open } from 'node:fs/promises'
import { createInflateRaw, crc32 } from 'node:zlib'
import type { ByteSource } from './byte-source.ts'
import { sourceOfHandle, withSource } from './byte-source.ts'
import { CHUNK } from './file-chunks.ts'
import { FormatError } from './format-error.ts'
import { memberName } from './member-name.ts'
import { through } from './through.ts'
import { Zip } from './zip.ts'

/** A file or folder in a zip archive, as its central directory tells it. */
export interface ZipMember {
  name: string
  type: 'file' | 'directory' | 'symlink'
  /** Permission bits; 0 where the archive was not made on Unix. */
  mode: number
  size: number
  packed: number
  crc: number
  method: number
  /** Where its local header stands. */
  offset: number
}

/** No honest release has more; a directory that claims more is not read into memory. */
const MOST_MEMBERS = 1_000_000

/**
 * The members of a zip archive, in the order of its central directory. Damage and unsafe names are FormatErrors.
 * @example (await zipMembers('a.zip')).map((member) => member.name)
 */
export function zipMembers(path: string): Promise<ZipMember[]> {
  return withSource(path, readDirectory)
}

/**
 * The bytes of one member, checked against its length and CRC-32; a FormatError when there is none of that name.
 * @example await writeFile('hello', zipMember('a.zip', 'a/hello'))
 */
export async function* zipMember(path: string, name: string): AsyncGenerator<Buffer> {
  await using file = await open(path, 'r')
  const source = await sourceOfHandle(file)
  const member = (await readDirectory(source)).find((one) => one.name === name && one.type === 'file')
  if (member === undefined) throw new FormatError(`the archive has no file ${name}`)
  yield* content(source, member)
}

async function* content(source: ByteSource, member: ZipMember): AsyncGenerator<Buffer> {
  const head = await source.read(member.offset, 30)
  if (head.length < 30 || head.readUInt32LE(0) !== Zip.local) throw damaged(`no local header for ${member.name}`)
  const start = member.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28)
  if (start + member.packed > source.size) throw damaged(`${member.name} is cut short`)
  let crc = 0
  let size = 0
  for await (const chunk of unpacked(source, member, start)) {
    crc = crc32(chunk, crc)
    size += chunk.length
    if (size > member.size) throw damaged(`${member.name} is longer than it says`)
    yield chunk
  }
  if (size !== member.size) throw damaged(`${member.name} is shorter than it says`)
  if (crc !== member.crc) throw damaged(`${member.name} fails its CRC-32`)
}

function unpacked(source: ByteSource, member: ZipMember, start: number): AsyncIterable<Buffer> {
  const raw = range(source, start, member.packed)
  if (member.method === 0) return raw
  if (member.method !== 8)
    throw new FormatError(`${member.name} is packed by method ${member.method}, which is not known here`)
  return through(raw, createInflateRaw({ chunkSize: 256 * 1024 }), `the zip archive is damaged: ${member.name}`)
}

async function* range(source: ByteSource, start: number, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; at += CHUNK) yield await source.read(start + at, Math.min(CHUNK, length - at))
}

async function readDirectory(source: ByteSource): Promise<ZipMember[]> {
  const { count, size, offset } = await findDirectory(source)
  if (offset + size > source.size || count > MOST_MEMBERS || count * 46 > size)
    throw damaged('its directory is cut short')
  const bytes = await source.read(offset, size)
  const members: ZipMember[] = []
  let at = 0
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== Zip.central)
      throw damaged(`entry ${index + 1} of its directory`)
    const next = at + 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
    if (next > bytes.length) throw damaged(`entry ${index + 1} of its directory is cut short`)
    members.push(readMember(bytes.subarray(at, next)))
    at = next
  }
  return members
}

function readMember(record: Buffer): ZipMember {
  if ((record.readUInt16LE(8) & 1) !== 0) throw new FormatError('the zip archive is encrypted')
  const nameEnd = 46 + record.readUInt16LE(28)
  const name = record.subarray(46, nameEnd).toString()
  const extra = record.subarray(nameEnd, nameEnd + record.readUInt16LE(30))
  const wide = zip64Values(extra)
  const take = (value: number): number => (value === Zip.max32 ? (wide.shift() ?? value) : value)
  const size = take(record.readUInt32LE(24))
  const packed = take(record.readUInt32LE(20))
  const offset = take(record.readUInt32LE(42))
  const unix = record.readUInt8(5) === 3
  const mode = unix ? record.readUInt32LE(38) >>> 16 : 0
  return {
    name: memberName(name),
    type: name.endsWith('/') ? 'directory' : (mode & 0o170000) === 0o120000 ? 'symlink' : 'file',
    mode: mode & 0o7777,
    size,
    packed,
    crc: record.readUInt32LE(16),
    method: record.readUInt16LE(10),
    offset,
  }
}

function zip64Values(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + extra.readUInt16LE(at + 2)
    if (end > extra.length) return []
    if (extra.readUInt16LE(at) === Zip.extra64) {
      const values: number[] = []
      for (let value = at + 4; value + 8 <= end; value += 8) values.push(wideNumber(extra, value))
      return values
    }
    at = end
  }
  return []
}

async function findDirectory(source: ByteSource): Promise<{ count: number; size: number; offset: number }> {
  // The record at the end is 22 bytes and a comment of at most 65535.
  const tailStart = Math.max(0, source.size - 22 - Zip.max16)
  const tail = await source.read(tailStart, source.size - tailStart)
  let at = tail.length - 22
  while (at >= 0 && !(tail.readUInt32LE(at) === Zip.end && at + 22 + tail.readUInt16LE(at + 20) === tail.length))
    at -= 1
  if (at < 0) throw damaged('its end is missing')
  const plain = {
    count: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  }
  const wide = plain.count === Zip.max16 || plain.size === Zip.max32 || plain.offset === Zip.max32
  if (!wide || at < 20 || tail.readUInt32LE(at - 20) !== Zip.locator64) return plain
  const end64 = await source.read(wideNumber(tail, at - 20 + 8), 56)
  if (end64.length < 56 || end64.readUInt32LE(0) !== Zip.end64) throw damaged('its zip64 end is missing')
  return { count: wideNumber(end64, 32), size: wideNumber(end64, 40), offset: wideNumber(end64, 48) }
}

function wideNumber(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigUInt64LE(at))
  if (!Number.isSafeInteger(value)) throw damaged('a number is out of range')
  return value
}

function damaged(what: string): FormatError {
  return new FormatError(`the zip archive is damaged: ${what}`)
}
