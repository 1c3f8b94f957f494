import type { ByteSource } from '../byte-source.ts'
import type { BinaryHeader } from './facts.ts'
import { cString, exactly } from './facts.ts'

// Names and values of Microsoft's "PE Format".
const PE32 = 0x10b
const PE32_PLUS = 0x20b
const MACHINES: Record<number, string> = { 0x14c: '386', 0x8664: 'amd64', 0x1c4: 'arm', 0xaa64: 'arm64' }
const MOST_IMPORTS = 1024

/** Facts of a PE file. Programs without imports are all but unknown; the system's own libraries count as imports. */
export async function readPe(source: ByteSource): Promise<BinaryHeader | undefined> {
  const start = (await exactly(source, 0, 64)).readUInt32LE(60)
  const coff = await exactly(source, start, 24)
  if (coff.readUInt32BE(0) !== 0x50450000) return undefined
  const optional = await exactly(source, start + 24, coff.readUInt16LE(20))
  const libraries = optional.length === 0 ? [] : await readImports(source, start, coff, optional)
  return {
    format: 'pe',
    arch: MACHINES[coff.readUInt16LE(4)] ?? 'unknown',
    linkage: libraries.length > 0 ? 'dynamic' : 'static',
    libraries,
  }
}

async function readImports(source: ByteSource, start: number, coff: Buffer, optional: Buffer): Promise<string[]> {
  const magic = optional.readUInt16LE(0)
  if (magic !== PE32 && magic !== PE32_PLUS) throw new RangeError('an optional header of another kind')
  const directories = magic === PE32 ? 96 : 112
  const count = optional.readUInt32LE(directories - 4)
  const rva = count > 1 ? optional.readUInt32LE(directories + 8) : 0
  if (rva === 0) return []
  const sections = await exactly(source, start + 24 + coff.readUInt16LE(20), coff.readUInt16LE(6) * 40)
  const libraries: string[] = []
  const table = fileOffset(sections, rva)
  for (let index = 0; index < MOST_IMPORTS; index += 1) {
    const descriptor = await exactly(source, table + index * 20, 20)
    const name = descriptor.readUInt32LE(12)
    if (name === 0) break
    libraries.push(cString(await source.read(fileOffset(sections, name), 256), 0))
  }
  return libraries
}

function fileOffset(sections: Buffer, rva: number): number {
  for (let at = 0; at + 40 <= sections.length; at += 40) {
    const address = sections.readUInt32LE(at + 12)
    const size = Math.max(sections.readUInt32LE(at + 8), sections.readUInt32LE(at + 16))
    if (rva >= address && rva < address + size) return sections.readUInt32LE(at + 20) + (rva - address)
  }
  throw new RangeError('an address outside the file')
}
