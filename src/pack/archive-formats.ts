import { TagonceError } from '../core/errors.ts'
import { gzip } from '../formats/gzip.ts'
import type { ArchiveEntry } from '../formats/tar.ts'
import { tar } from '../formats/tar.ts'
import { xz } from '../formats/xz.ts'
import { zip } from '../formats/zip.ts'
import { hasZstd, zstd } from '../formats/zstd.ts'

type Compressor = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>
type Writer = (entries: Iterable<ArchiveEntry>) => AsyncIterable<Uint8Array>

/** Formats that are a tar, and what compresses it. */
const TARS: Record<string, Compressor> = {
  'tar.gz': (source) => gzip(source),
  tgz: (source) => gzip(source),
  'tar.xz': xz,
  txz: xz,
  'tar.zst': zstd,
  tzst: zstd,
  tar: (source) => source,
}

/** `archives[].formats` → how it is written. */
const FORMATS: Record<string, Writer> = {
  ...Object.fromEntries(
    Object.entries(TARS).map(([name, compress]): [string, Writer] => [name, (entries) => compress(tar(entries))]),
  ),
  zip,
  gz(entries) {
    const { name, mtime, content } = onlyFile(entries, 'gz')
    return gzip(content(), { name, mtime })
  },
  xz: (entries) => xz(onlyFile(entries, 'xz').content()),
}

/** Formats that can be packed. */
export const archiveFormats: readonly string[] = Object.keys(FORMATS)

/** The writer of a format; undefined when it is not known. */
export function archiveWriter(format: string): Writer | undefined {
  return Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined
}

/** What compresses the tar inside of a format; undefined for one that is no tar. */
export function tarCompressor(format: string): Compressor | undefined {
  return Object.hasOwn(TARS, format) ? TARS[format] : undefined
}

/** Why this machine cannot pack a format that others can; undefined when it can. */
export function formatFault(format: string): { message: string; mend: string } | undefined {
  if (hasZstd || !format.endsWith('zst')) return undefined
  const message = `archives in the format ${format} need Node 22.15 or newer; this is ${process.version}`
  return { message, mend: 'update Node, or use tar.gz' }
}

/** `gz` and `xz` compress one file, and know no folders. */
function onlyFile(
  entries: Iterable<ArchiveEntry>,
  format: string,
): { name: string; mtime: number; content: () => AsyncIterable<Uint8Array> } {
  const [first, ...others] = entries
  if (first === undefined || first.body.type !== 'file') {
    throw new TagonceError('pack', `${format} compresses one file, and there is none`)
  }
  if (others.length > 0) {
    const names = [first, ...others].map((one) => one.name).join(', ')
    throw new TagonceError('pack', `${format} compresses one file, but there are ${others.length + 1}: ${names}`, {
      hint: `use tar.${format}, or leave out the files: a pattern that matches nothing, such as \`files: [none*]\``,
    })
  }
  return { name: first.name, mtime: first.mtime, content: first.body.content }
}
