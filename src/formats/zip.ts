import { crc32 } from 'node:zlib'
import { deflate } from './deflate.ts'
import { FormatError } from './format-error.ts'
import type { ArchiveEntry } from './tar.ts'

/** Field values of APPNOTE.TXT 6.3.10, shared with the reader. */
export const Zip = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  extra64: 0x0001,
  /** A 16-bit or 32-bit field whose true value stands in a zip64 record. */
  max16: 0xffff,
  max32: 0xffffffff,
} as const

/** Unix (3), specification 4.5, as needed for zip64. */
const MADE_BY = (3 << 8) | 45
/** Sizes stand in a descriptor behind the data, so that nothing has to be kept. */
const WITH_DESCRIPTOR = 0x0008
const UTF8_NAME = 0x0800
const DEFLATE = 8
const S_IFREG = 0o100000
const S_IFLNK = 0o120000
/** Above this an entry gets zip64 fields: deflate can make incompressible data a little longer. */
const LARGE = 0xf0000000

interface Written {
  name: Buffer
  flags: number
  entry: ArchiveEntry
  offset: number
  crc: number
  size: number
  packed: number
}

/**
 * A zip archive, streamed. Times are told in UTC, once in the old DOS form (which has no zone) and once as seconds since the epoch, so
 * the bytes are the same in every time zone; modes are Unix modes. Entries are written in the order given.
 * With `descriptors: false` sizes stand before the data, as PyPI wants it: one packed member at a time is kept in memory then.
 * @example for await (const chunk of zip([{ name: 'a', mode: 0o644, mtime: 0, body }])) out.write(chunk)
 */
export async function* zip(
  entries: Iterable<ArchiveEntry>,
  { descriptors = true }: { descriptors?: boolean } = {},
): AsyncGenerator<Buffer> {
  const written: Written[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    if (name.length > Zip.max16) throw new FormatError(`a name is too long for a zip archive: ${entry.name}`)
    // oxlint-disable-next-line no-control-regex -- ASCII is meant
    const flags = (descriptors ? WITH_DESCRIPTOR : 0) | (/^[\x00-\x7f]*$/.test(entry.name) ? 0 : UTF8_NAME)
    const one: Written = { name, flags, entry, offset, crc: 0, size: 0, packed: 0 }
    const large = entry.body.type === 'file' && entry.body.size >= LARGE
    if (large && !descriptors) throw new FormatError(`${entry.name} is too large for a zip archive without descriptors`)
    const kept: Buffer[] = []
    if (!descriptors) {
      for await (const chunk of deflate(counted(one))) kept.push(chunk)
      one.packed = kept.reduce((sum, chunk) => sum + chunk.length, 0)
    }
    const head = localHeader(one, large)
    yield head
    if (descriptors) {
      for await (const chunk of deflate(counted(one))) {
        one.packed += chunk.length
        yield chunk
      }
    } else yield* kept
    const tail = descriptors ? descriptor(one, large) : Buffer.alloc(0)
    yield tail
    offset += head.length + one.packed + tail.length
    written.push(one)
  }
  let size = 0
  for (const one of written) {
    const record = centralHeader(one)
    size += record.length
    yield record
  }
  yield endOfCentralDirectory(written.length, size, offset)
}

async function* counted(one: Written): AsyncGenerator<Uint8Array> {
  const { body, name } = one.entry
  if (body.type === 'symlink') {
    const target = Buffer.from(body.target)
    one.crc = crc32(target)
    one.size = target.length
    yield target
    return
  }
  for await (const chunk of body.content()) {
    one.crc = crc32(chunk, one.crc)
    one.size += chunk.length
    yield chunk
  }
  if (one.size !== body.size) throw new FormatError(`${name} should have ${body.size} bytes and has ${one.size}`)
}

function localHeader(one: Written, large: boolean): Buffer {
  // 4.5.3: with a descriptor, the sizes in the zip64 field are there, and 0.
  const extra = Buffer.concat([timeField(one.entry.mtime), large ? zip64Field([0, 0]) : Buffer.alloc(0)])
  const header = Buffer.alloc(30)
  header.writeUInt32LE(Zip.local, 0)
  header.writeUInt16LE(large ? 45 : 20, 4)
  header.writeUInt16LE(one.flags, 6)
  header.writeUInt16LE(DEFLATE, 8)
  header.writeUInt32LE(dosTime(one.entry.mtime), 10)
  if (large) header.fill(0xff, 18, 26)
  else if ((one.flags & WITH_DESCRIPTOR) === 0) {
    header.writeUInt32LE(one.crc, 14)
    header.writeUInt32LE(one.packed, 18)
    header.writeUInt32LE(one.size, 22)
  }
  header.writeUInt16LE(one.name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, one.name, extra])
}

function descriptor(one: Written, large: boolean): Buffer {
  const out = Buffer.alloc(large ? 24 : 16)
  out.writeUInt32LE(Zip.descriptor, 0)
  out.writeUInt32LE(one.crc, 4)
  if (large) {
    out.writeBigUInt64LE(BigInt(one.packed), 8)
    out.writeBigUInt64LE(BigInt(one.size), 16)
  } else {
    out.writeUInt32LE(one.packed, 8)
    out.writeUInt32LE(one.size, 12)
  }
  return out
}

function centralHeader(one: Written): Buffer {
  // 4.5.3: only the values that do not fit stand in the zip64 field, in this order.
  const wide = [one.size, one.packed, one.offset].filter((value) => value >= Zip.max32)
  const extra = Buffer.concat([timeField(one.entry.mtime), wide.length > 0 ? zip64Field(wide) : Buffer.alloc(0)])
  const kind = one.entry.body.type === 'symlink' ? S_IFLNK : S_IFREG
  const header = Buffer.alloc(46)
  header.writeUInt32LE(Zip.central, 0)
  header.writeUInt16LE(MADE_BY, 4)
  header.writeUInt16LE(wide.length > 0 ? 45 : 20, 6)
  header.writeUInt16LE(one.flags, 8)
  header.writeUInt16LE(DEFLATE, 10)
  header.writeUInt32LE(dosTime(one.entry.mtime), 12)
  header.writeUInt32LE(one.crc, 16)
  header.writeUInt32LE(Math.min(one.packed, Zip.max32), 20)
  header.writeUInt32LE(Math.min(one.size, Zip.max32), 24)
  header.writeUInt16LE(one.name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  // The Unix mode is the upper half of the external attributes.
  header.writeUInt32LE(((kind | (one.entry.mode & 0o7777)) << 16) >>> 0, 38)
  header.writeUInt32LE(Math.min(one.offset, Zip.max32), 42)
  return Buffer.concat([header, one.name, extra])
}

function endOfCentralDirectory(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(Zip.end, 0)
  end.writeUInt16LE(Math.min(count, Zip.max16), 8)
  end.writeUInt16LE(Math.min(count, Zip.max16), 10)
  end.writeUInt32LE(Math.min(size, Zip.max32), 12)
  end.writeUInt32LE(Math.min(offset, Zip.max32), 16)
  if (count < Zip.max16 && size < Zip.max32 && offset < Zip.max32) return end
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(Zip.end64, 0)
  end64.writeBigUInt64LE(44n, 4)
  end64.writeUInt16LE(MADE_BY, 12)
  end64.writeUInt16LE(45, 14)
  end64.writeBigUInt64LE(BigInt(count), 24)
  end64.writeBigUInt64LE(BigInt(count), 32)
  end64.writeBigUInt64LE(BigInt(size), 40)
  end64.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(Zip.locator64, 0)
  locator.writeBigUInt64LE(BigInt(offset + size), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([end64, locator, end])
}

function zip64Field(values: number[]): Buffer {
  const out = Buffer.alloc(4 + 8 * values.length)
  out.writeUInt16LE(Zip.extra64, 0)
  out.writeUInt16LE(8 * values.length, 2)
  for (const [index, value] of values.entries()) out.writeBigUInt64LE(BigInt(value), 4 + 8 * index)
  return out
}

/** The "extended timestamp" of Info-ZIP (0x5455): the time of modification, as Unix tells it. */
function timeField(mtime: number): Buffer {
  const out = Buffer.alloc(9)
  out.writeUInt16LE(0x5455, 0)
  out.writeUInt16LE(5, 2)
  out.writeUInt8(1, 4)
  out.writeInt32LE(Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.floor(mtime))), 5)
  return out
}

/** MS-DOS time (low half) and date (high half), in UTC; 1980 to 2107, in steps of two seconds. */
function dosTime(mtime: number): number {
  const at = new Date(mtime * 1000)
  const year = at.getUTCFullYear() - 1980
  if (year < 0) return (1 << 21) | (1 << 16)
  if (year > 127) return 0xff9fbf7d
  const date = (year << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate()
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)
  return ((date << 16) | time) >>> 0
}
