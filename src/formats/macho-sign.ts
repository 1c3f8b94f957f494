import { createHash } from 'node:crypto'
import { FormatError } from './format-error.ts'

// <mach-o/loader.h>
const MH_MAGIC_64 = 0xfeedfacf
const HEADER = 32
const LC_SEGMENT_64 = 0x19
const LC_CODE_SIGNATURE = 0x1d
// xnu, osfmk/kern/cs_blobs.h; all big-endian.
const CSMAGIC_EMBEDDED_SIGNATURE = 0xfade0cc0
const CSMAGIC_CODEDIRECTORY = 0xfade0c02
const CS_ADHOC = 0x2
const CS_EXECSEG_MAIN_BINARY = 1
const HASH_SHA256 = 2
const DIRECTORY = 88
const PAGE_BITS = 12
const PAGE = 2 ** PAGE_BITS
const SUPERBLOB = 12 + 8

/**
 * A Mach-O program (64 bit) with an ad-hoc signature in place of the one it had: macOS on arm64 starts no program without
 * one. It says who nobody is, but that the bytes are whole.
 * @throws FormatError where it is no such program, or has no room for the load command
 * @example await writeFile(path, signMachO(await readFile(path), 'hello'))
 */
export function signMachO(bytes: Buffer, identity: string, flags: number = CS_ADHOC): Buffer {
  if (bytes.length < HEADER || bytes.readUInt32LE(0) !== MH_MAGIC_64) throw new FormatError('no 64-bit Mach-O program')
  const layout = layoutOf(bytes)
  // The signature ends the file and stands at a multiple of 16.
  const end = layout.signature?.offset ?? bytes.length
  const limit = Math.ceil(end / 16) * 16
  const slots = Math.ceil(limit / PAGE)
  const ident = Buffer.from(`${identity}\0`)
  const directory = DIRECTORY + ident.length + slots * 32
  const size = SUPERBLOB + directory
  const out = Buffer.alloc(limit + size)
  bytes.copy(out, 0, 0, end)
  placeCommand(out, layout, limit, size)
  writeBlobs(out.subarray(limit), out.subarray(0, limit), { directory, ident, slots, flags, text: layout.text })
  return out
}

interface Layout {
  count: number
  commandsEnd: number
  /** Where the first section begins: load commands must end before. */
  firstSection: number
  /** Offset of the load command of __LINKEDIT, and where its bytes begin in the file. */
  linkedit: { at: number; offset: number }
  text: { offset: number; size: number }
  signature?: { at: number; offset: number }
}

function layoutOf(bytes: Buffer): Layout {
  const count = bytes.readUInt32LE(16)
  const commandsEnd = HEADER + bytes.readUInt32LE(20)
  if (commandsEnd > bytes.length) throw new FormatError('the load commands are cut short')
  const layout: Layout = {
    count,
    commandsEnd,
    firstSection: bytes.length,
    linkedit: { at: 0, offset: 0 },
    text: { offset: 0, size: 0 },
  }
  for (let at = HEADER, index = 0; index < count; index += 1) {
    const kind = at + 8 <= commandsEnd ? bytes.readUInt32LE(at) : 0
    const size = at + 8 <= commandsEnd ? bytes.readUInt32LE(at + 4) : 0
    if (size < 8 || at + size > commandsEnd) throw new FormatError('a load command is cut short')
    if (kind === LC_SEGMENT_64) readSegment(bytes, at, layout)
    if (kind === LC_CODE_SIGNATURE) layout.signature = { at, offset: bytes.readUInt32LE(at + 8) }
    at += size
  }
  if (layout.linkedit.at === 0) throw new FormatError('there is no __LINKEDIT')
  if (layout.signature !== undefined && layout.signature.offset > bytes.length) {
    throw new FormatError('the signature lies outside the file')
  }
  return layout
}

function readSegment(bytes: Buffer, at: number, layout: Layout): void {
  const name = bytes.toString('latin1', at + 8, at + 24).replace(/\0+$/, '')
  const offset = Number(bytes.readBigUInt64LE(at + 40))
  if (name === '__LINKEDIT') layout.linkedit = { at, offset }
  if (name === '__TEXT') layout.text = { offset, size: Number(bytes.readBigUInt64LE(at + 48)) }
  const sections = bytes.readUInt32LE(at + 64)
  for (let index = 0; index < sections; index += 1) {
    const begins = bytes.readUInt32LE(at + 72 + 80 * index + 48)
    // Sections of zeros have no place in the file.
    if (begins > 0) layout.firstSection = Math.min(layout.firstSection, begins)
  }
}

/** Tells the load commands of the signature: it is a part of __LINKEDIT. */
function placeCommand(out: Buffer, layout: Layout, offset: number, size: number): void {
  let at = layout.signature?.at
  if (at === undefined) {
    at = layout.commandsEnd
    if (at + 16 > layout.firstSection) throw new FormatError('there is no room for the signature’s load command')
    out.writeUInt32LE(layout.count + 1, 16)
    out.writeUInt32LE(layout.commandsEnd + 16 - HEADER, 20)
    out.writeUInt32LE(LC_CODE_SIGNATURE, at)
    out.writeUInt32LE(16, at + 4)
  }
  out.writeUInt32LE(offset, at + 8)
  out.writeUInt32LE(size, at + 12)
  const length = offset + size - layout.linkedit.offset
  const before = Number(out.readBigUInt64LE(layout.linkedit.at + 32))
  // The kernel rounds it up to a page.
  out.writeBigUInt64LE(BigInt(Math.max(before, length)), layout.linkedit.at + 32)
  out.writeBigUInt64LE(BigInt(length), layout.linkedit.at + 48)
}

function writeBlobs(
  blob: Buffer,
  code: Buffer,
  facts: { directory: number; ident: Buffer; slots: number; flags: number; text: { offset: number; size: number } },
): void {
  const words = (at: number, values: number[]): void => {
    for (const [index, value] of values.entries()) blob.writeUInt32BE(value, at + 4 * index)
  }
  // The super blob holds one blob, of kind 0: the code directory.
  words(0, [CSMAGIC_EMBEDDED_SIGNATURE, blob.length, 1, 0, SUPERBLOB])
  const at = SUPERBLOB
  const hashes = DIRECTORY + facts.ident.length
  // magic, length, version, flags, offset of the hashes, of the identity, special slots, slots, how far the hashes go
  words(at, [
    CSMAGIC_CODEDIRECTORY,
    facts.directory,
    0x20400,
    facts.flags,
    hashes,
    DIRECTORY,
    0,
    facts.slots,
    code.length,
  ])
  blob.set([32, HASH_SHA256, 0, PAGE_BITS], at + 36)
  blob.writeBigUInt64BE(BigInt(facts.text.offset), at + 64)
  blob.writeBigUInt64BE(BigInt(facts.text.size), at + 72)
  // A library or bundle is no main binary (MH_EXECUTE is 2).
  blob.writeBigUInt64BE(BigInt(code.readUInt32LE(12) === 2 ? CS_EXECSEG_MAIN_BINARY : 0), at + 80)
  facts.ident.copy(blob, at + DIRECTORY)
  for (let page = 0; page < facts.slots; page += 1) {
    const digest = createHash('sha256')
      .update(code.subarray(page * PAGE, (page + 1) * PAGE))
      .digest()
    digest.copy(blob, at + hashes + 32 * page)
  }
}
