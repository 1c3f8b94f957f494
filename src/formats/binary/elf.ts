import type { ByteSource } from '../byte-source.ts'
import type { BinaryHeader } from './facts.ts'
import { MOST_BYTES, cString, exactly } from './facts.ts'

// Names and values of the System V ABI (gABI 4.1) and of the LSB's symbol versioning.
const PT_LOAD = 1
const PT_DYNAMIC = 2
const PT_INTERP = 3
const DT_NEEDED = 1
const DT_STRTAB = 5
const DT_STRSZ = 10
const DT_VERNEED = 0x6ffffffe
const DT_VERNEEDNUM = 0x6fffffff

/** An honest program names far fewer libraries and versions, and far shorter ones. */
const MOST_NAMES = 4096
const MOST_NAME = 4096
/** Chains may be made to cross, so that a short table has a long way through it. */
const MOST_STEPS = 4096

/** e_machine → GOARCH, where class and byte order say nothing more. */
const MACHINES: Record<number, string> = { 3: '386', 22: 's390x', 40: 'arm', 62: 'amd64', 183: 'arm64', 258: 'loong64' }

interface Segment {
  type: number
  offset: number
  address: number
  size: number
}

/** Reads numbers in the file's own width and byte order. */
interface Reader {
  wide: boolean
  half(bytes: Buffer, at: number): number
  word(bytes: Buffer, at: number): number
  /** An address or offset: 4 or 8 bytes. */
  addr(bytes: Buffer, at: number): number
}

/** Facts of an ELF file. Works without section headers, so stripped files are no different. */
export async function readElf(source: ByteSource): Promise<BinaryHeader | undefined> {
  const ident = await exactly(source, 0, 16)
  const [bits, order] = [ident[4], ident[5]]
  if ((bits !== 1 && bits !== 2) || (order !== 1 && order !== 2)) return undefined
  const read = reader(bits === 2, order === 1)
  const header = await exactly(source, 0, read.wide ? 64 : 52)
  const segments = await readSegments(source, header, read)
  const interp = segments.find((one) => one.type === PT_INTERP)
  const interpreter =
    interp === undefined ? undefined : cString(await exactly(source, interp.offset, Math.min(interp.size, 4096)), 0)
  const { libraries, versions } = await readDynamic(source, segments, read)
  const glibc = highestGlibc(versions)
  return {
    format: 'elf',
    arch: archOf(read.half(header, 18), read.wide, order === 1),
    linkage: interpreter !== undefined || libraries.length > 0 ? 'dynamic' : 'static',
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(glibc === undefined ? {} : { glibc }),
    libraries,
  }
}

async function readSegments(source: ByteSource, header: Buffer, read: Reader): Promise<Segment[]> {
  const offset = read.addr(header, read.wide ? 32 : 28)
  const size = read.half(header, read.wide ? 54 : 42)
  const count = read.half(header, read.wide ? 56 : 44)
  if (count === 0) return []
  if (size < (read.wide ? 56 : 32)) throw new RangeError('program headers are too short')
  const table = await exactly(source, offset, size * count)
  return Array.from({ length: count }, (_, index) => {
    const at = index * size
    return {
      type: read.word(table, at),
      offset: read.addr(table, at + (read.wide ? 8 : 4)),
      address: read.addr(table, at + (read.wide ? 16 : 8)),
      size: read.addr(table, at + (read.wide ? 32 : 16)),
    }
  })
}

async function readDynamic(
  source: ByteSource,
  segments: Segment[],
  read: Reader,
): Promise<{ libraries: string[]; versions: string[] }> {
  const dynamic = segments.find((one) => one.type === PT_DYNAMIC)
  if (dynamic === undefined) return { libraries: [], versions: [] }
  const width = read.wide ? 8 : 4
  const table = await exactly(source, dynamic.offset, Math.min(dynamic.size, MOST_BYTES))
  const needed: number[] = []
  const value = new Map<number, number>()
  for (let at = 0; at + 2 * width <= table.length; at += 2 * width) {
    const tag = read.addr(table, at)
    if (tag === 0) break
    if (tag === DT_NEEDED) needed.push(read.addr(table, at + width))
    else value.set(tag, read.addr(table, at + width))
  }
  if (needed.length === 0 && !value.has(DT_VERNEED)) return { libraries: [], versions: [] }
  // One name at a time: the table of all names can have many megabytes.
  const strings = fileOffset(segments, value.get(DT_STRTAB) ?? 0)
  const end = strings + (value.get(DT_STRSZ) ?? 0)
  const name = async (at: number): Promise<string> =>
    cString(await source.read(strings + at, Math.min(MOST_NAME, Math.max(0, end - strings - at))), 0)
  const libraries: string[] = []
  for (const at of needed.slice(0, MOST_NAMES)) libraries.push(await name(at))
  const verneed = value.get(DT_VERNEED)
  if (verneed === undefined) return { libraries, versions: [] }
  const bytes = await source.read(fileOffset(segments, verneed), MOST_BYTES / 16)
  const versions: string[] = []
  for (const at of versionNames(bytes, value.get(DT_VERNEEDNUM) ?? 0, read)) versions.push(await name(at))
  return { libraries, versions }
}

/**
 * .gnu.version_r: a chain of libraries, each with a chain of the versions that are needed of it. Gives where each
 * version's name stands in the table of names.
 */
function versionNames(bytes: Buffer, count: number, read: Reader): Set<number> {
  const names = new Set<number>()
  let steps = 0
  let at = 0
  for (let file = 0; file < count && at + 16 <= bytes.length && steps < MOST_STEPS; file += 1) {
    let aux = at + read.word(bytes, at + 8)
    const versions = read.half(bytes, at + 2)
    for (let index = 0; index < versions && aux + 16 <= bytes.length && steps < MOST_STEPS; index += 1) {
      steps += 1
      names.add(read.word(bytes, aux + 8))
      const next = read.word(bytes, aux + 12)
      if (next === 0) break
      aux += next
    }
    const next = read.word(bytes, at + 12)
    if (next === 0) break
    at += next
  }
  return names
}

function highestGlibc(versions: string[]): string | undefined {
  let best: number[] | undefined
  for (const name of versions) {
    // glibc 2.36 is the first that loads files with packed relative relocations; its marker has no number.
    const numbers =
      name === 'GLIBC_ABI_DT_RELR' ? [2, 36] : /^GLIBC_(\d+(?:\.\d+)+)$/.exec(name)?.[1]?.split('.').map(Number)
    if (numbers !== undefined && (best === undefined || isHigher(numbers, best))) best = numbers
  }
  return best?.join('.')
}

function isHigher(a: number[], b: number[]): boolean {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}

function fileOffset(segments: Segment[], address: number): number {
  const home = segments.find(
    (one) => one.type === PT_LOAD && address >= one.address && address < one.address + one.size,
  )
  if (home === undefined) throw new RangeError('an address outside the file')
  return home.offset + (address - home.address)
}

function archOf(machine: number, wide: boolean, little: boolean): string {
  if (machine === 8) return `mips${wide ? '64' : ''}${little ? 'le' : ''}`
  if (machine === 21) return `ppc64${little ? 'le' : ''}`
  if (machine === 243) return wide ? 'riscv64' : 'riscv'
  return MACHINES[machine] ?? 'unknown'
}

function reader(wide: boolean, little: boolean): Reader {
  const word = (bytes: Buffer, at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  return {
    wide,
    half: (bytes, at) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    word,
    addr: (bytes, at) =>
      wide ? Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)) : word(bytes, at),
  }
}
