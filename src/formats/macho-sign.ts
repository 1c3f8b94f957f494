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

/**
 * A Mach-O program (64 bit) with an ad-hoc signature in place of the one it had: macOS on arm64 starts no program without
 * one. It says who nobody is, but that the bytes are whole.
 * @throws FormatError where it is no such program, or has no room for the load command
 * @example await writeFile(path, signMachO(await readFile(path), 'hello'))
 */
export function signMachO(bytes: Buffer, identity: string, flags: number = CS_ADHOC): Buffer {
  return prepareMachO(bytes, { identity, flags }).finish([])
}

/** What a signature says beside the digests of the pages. */
export interface MachOSigning {
  identity: string
  flags: number
  /** Apple's id of the team whose certificate it is. */
  team?: string
  /** Blobs by their slot, whole with their headers: the code directory holds their digests (1 … 7). */
  special?: ReadonlyMap<number, Buffer>
  /** Set for the hardened runtime: the SDK's version, `0x0c0100`. */
  runtime?: number
  /** Bytes that are kept free for what signs the code directory, whose size is told in what it signs. */
  room?: number
}

export interface PreparedMachO {
  /** The code directory, which a certificate signs. */
  directory: Buffer
  /** The program up to its signature: what two signatures of the same program have in common. */
  code: Buffer
  /** The program with all of its blobs; those given come last, by their slot. Throws FormatError where they have no room. */
  finish(blobs: [slot: number, blob: Buffer][]): Buffer
}

/** The same in two steps, for a signature that a certificate makes of the code directory. */
export function prepareMachO(bytes: Buffer, signing: MachOSigning): PreparedMachO {
  if (bytes.length < HEADER || bytes.readUInt32LE(0) !== MH_MAGIC_64) throw new FormatError('no 64-bit Mach-O program')
  const layout = layoutOf(bytes)
  // The signature ends the file and stands at a multiple of 16.
  const end = layout.signature?.offset ?? bytes.length
  const limit = Math.ceil(end / 16) * 16
  const special = [...(signing.special ?? [])].toSorted(([a], [b]) => a - b)
  const length = directoryLength(signing, limit, special)
  const { room = 0 } = signing
  const blobs = 1 + special.length + (room > 0 ? 1 : 0)
  const size = 12 + 8 * blobs + length + special.reduce((sum, [, blob]) => sum + blob.length, 0) + room
  const out = Buffer.alloc(limit + size)
  bytes.copy(out, 0, 0, end)
  placeCommand(out, layout, limit, size)
  const code = out.subarray(0, limit)
  const directory = codeDirectory(code, signing, { length, text: layout.text, special })
  return {
    directory,
    code,
    finish(more) {
      const whole = superBlob([[0, directory], ...special, ...more])
      if (whole.length > size) throw new FormatError(`the signature needs ${whole.length - size} bytes more`)
      whole.copy(out, limit)
      return out
    },
  }
}

/** Blobs with their index; all numbers are big-endian (xnu, osfmk/kern/cs_blobs.h). */
function superBlob(blobs: [slot: number, blob: Buffer][]): Buffer {
  const head = Buffer.alloc(12 + 8 * blobs.length)
  let at = head.length
  for (const [index, [slot, blob]] of blobs.entries()) {
    head.writeUInt32BE(slot, 12 + 8 * index)
    head.writeUInt32BE(at, 16 + 8 * index)
    at += blob.length
  }
  head.writeUInt32BE(CSMAGIC_EMBEDDED_SIGNATURE, 0)
  head.writeUInt32BE(at, 4)
  head.writeUInt32BE(blobs.length, 8)
  return Buffer.concat([head, ...blobs.map(([, blob]) => blob)])
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

/** Bytes of the fixed part: with the hardened runtime it has two numbers more (version 0x20500). */
const fixed = ({ runtime }: MachOSigning): number => (runtime === undefined ? DIRECTORY : DIRECTORY + 8)

const names = ({ identity, team }: MachOSigning): [ident: Buffer, team: Buffer] => [
  Buffer.from(`${identity}\0`),
  Buffer.from(team === undefined ? '' : `${team}\0`),
]

function directoryLength(signing: MachOSigning, limit: number, special: [number, Buffer][]): number {
  const [ident, team] = names(signing)
  return fixed(signing) + ident.length + team.length + 32 * (Math.ceil(limit / PAGE) + (special.at(-1)?.[0] ?? 0))
}

function codeDirectory(
  code: Buffer,
  signing: MachOSigning,
  facts: { length: number; text: Layout['text']; special: [number, Buffer][] },
): Buffer {
  const blob = Buffer.alloc(facts.length)
  const [ident, team] = names(signing)
  const begin = fixed(signing)
  const slots = Math.ceil(code.length / PAGE)
  const specials = facts.special.at(-1)?.[0] ?? 0
  const hashes = begin + ident.length + team.length + 32 * specials
  const { runtime } = signing
  // magic, length, version, flags, offset of the hashes, of the identity, special slots, slots, how far the hashes go
  const head = [
    CSMAGIC_CODEDIRECTORY,
    facts.length,
    runtime === undefined ? 0x20400 : 0x20500,
    signing.flags,
    hashes,
    begin,
    specials,
    slots,
    code.length,
  ]
  for (const [index, value] of head.entries()) blob.writeUInt32BE(value, 4 * index)
  blob.set([32, HASH_SHA256, 0, PAGE_BITS], 36)
  blob.writeUInt32BE(team.length === 0 ? 0 : begin + ident.length, 48)
  blob.writeBigUInt64BE(BigInt(facts.text.offset), 64)
  blob.writeBigUInt64BE(BigInt(facts.text.size), 72)
  // A library or bundle is no main binary (MH_EXECUTE is 2).
  blob.writeBigUInt64BE(BigInt(code.readUInt32LE(12) === 2 ? CS_EXECSEG_MAIN_BINARY : 0), 80)
  if (runtime !== undefined) blob.writeUInt32BE(runtime, 88)
  ident.copy(blob, begin)
  team.copy(blob, begin + ident.length)
  const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
  // Special slots count backwards from the hashes of the pages; those that are not there are zeros.
  for (const [slot, bytes] of facts.special) sha256(bytes).copy(blob, hashes - 32 * slot)
  for (let page = 0; page < slots; page += 1)
    sha256(code.subarray(page * PAGE, (page + 1) * PAGE)).copy(blob, hashes + 32 * page)
  return blob
}
