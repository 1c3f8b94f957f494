import type { ByteSource } from '../byte-source.ts'
import type { BinaryHeader } from './facts.ts'
import { cString, exactly } from './facts.ts'

// Names and values of <mach-o/loader.h> and <mach-o/fat.h>.
const FAT_MAGIC = 0xcafebabe
const FAT_MAGIC_64 = 0xcafebabf
const MH_MAGIC = 0xfeedface
const MH_MAGIC_64 = 0xfeedfacf
const LC_LOAD_DYLINKER = 0xe
const LC_VERSION_MIN_MACOSX = 0x24
const LC_BUILD_VERSION = 0x32
const PLATFORM_MACOS = 1
/** LC_LOAD_DYLIB, and the lazy, weak, re-exported and upward kinds. */
const LOADS = new Set([0xc, 0x20, 0x80000018, 0x8000001f, 0x80000023])
const CPUS: Record<number, string> = { 0x7: '386', 0x01000007: 'amd64', 0xc: 'arm', 0x0100000c: 'arm64' }
/** A Java class has the magic of a fat file; its version, which stands where the count would, starts at 45. */
const MOST_SLICES = 30

interface Slice {
  arch: string
  dynamic: boolean
  libraries: string[]
  minos: number[] | undefined
}

/** Facts of a Mach-O file, thin or fat; undefined where the magic is another. */
export async function readMachO(source: ByteSource): Promise<BinaryHeader | undefined> {
  const magic = (await exactly(source, 0, 4)).readUInt32BE(0)
  const slices: Slice[] = []
  if (magic === FAT_MAGIC || magic === FAT_MAGIC_64) {
    const count = (await exactly(source, 4, 4)).readUInt32BE(0)
    if (count === 0 || count > MOST_SLICES) return undefined
    const wide = magic === FAT_MAGIC_64
    const table = await exactly(source, 8, count * (wide ? 32 : 20))
    for (let index = 0; index < count; index += 1) {
      const at = index * (wide ? 32 : 20)
      const offset = wide ? Number(table.readBigUInt64BE(at + 8)) : table.readUInt32BE(at + 8)
      const slice = await readSlice(source, offset)
      if (slice === undefined) return undefined
      slices.push(slice)
    }
  } else {
    const slice = await readSlice(source, 0)
    if (slice === undefined) return undefined
    slices.push(slice)
  }
  const minos = lowestSystem(slices)
  return {
    format: 'macho',
    arch: slices.length > 1 ? 'all' : (slices[0]?.arch ?? 'unknown'),
    linkage: slices.some((one) => one.dynamic) ? 'dynamic' : 'static',
    libraries: [...new Set(slices.flatMap((one) => one.libraries))],
    ...(minos === undefined ? {} : { minos }),
  }
}

async function readSlice(source: ByteSource, start: number): Promise<Slice | undefined> {
  const header = await exactly(source, start, 28)
  const little = header.readUInt32LE(0)
  const isLittle = little === MH_MAGIC || little === MH_MAGIC_64
  const magic = isLittle ? little : header.readUInt32BE(0)
  if (magic !== MH_MAGIC && magic !== MH_MAGIC_64) return undefined
  const word = (bytes: Buffer, at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const count = word(header, 16)
  const commands = await exactly(source, start + (magic === MH_MAGIC_64 ? 32 : 28), word(header, 20))
  const slice: Slice = { arch: CPUS[word(header, 4)] ?? 'unknown', dynamic: false, libraries: [], minos: undefined }
  let at = 0
  for (let index = 0; index < count && at + 8 <= commands.length; index += 1) {
    const kind = word(commands, at)
    const size = word(commands, at + 4)
    if (size < 8 || at + size > commands.length) throw new RangeError('a load command is cut short')
    const command = commands.subarray(at, at + size)
    if (LOADS.has(kind)) slice.libraries.push(cString(command, word(command, 8)))
    if (kind === LC_LOAD_DYLINKER) slice.dynamic = true
    if (kind === LC_VERSION_MIN_MACOSX) slice.minos = version(word(command, 8))
    if (kind === LC_BUILD_VERSION && word(command, 8) === PLATFORM_MACOS) slice.minos = version(word(command, 12))
    at += size
  }
  if (slice.libraries.length > 0) slice.dynamic = true
  return slice
}

/** "X.Y.Z is encoded in nibbles xxxx.yy.zz" (loader.h). */
function version(code: number): number[] {
  return [code >>> 16, (code >>> 8) & 0xff, code & 0xff]
}

/**
 * The system that every slice runs on. No Mac with an arm64 processor has a system before 11.0, so such a slice
 * asks for nothing when it asks for 11.0 or less.
 */
function lowestSystem(slices: Slice[]): string | undefined {
  const all = slices.filter((one) => one.minos !== undefined)
  const asking = all.filter((one) => all.length === 1 || one.arch !== 'arm64' || isAfter(one.minos, [11, 0, 0]))
  let highest: number[] | undefined
  for (const { minos } of asking.length > 0 ? asking : all)
    if (highest === undefined || isAfter(minos, highest)) highest = minos
  if (highest === undefined) return undefined
  const [major = 0, minor = 0, patch = 0] = highest
  return patch === 0 ? `${major}.${minor}` : `${major}.${minor}.${patch}`
}

function isAfter(a: number[] | undefined, b: number[]): boolean {
  for (let index = 0; index < 3; index += 1) {
    const difference = (a?.[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return false
}
