import { gzip } from '../formats/gzip.ts'
import type { ArchiveEntry } from '../formats/tar.ts'
import { tar } from '../formats/tar.ts'
import { zip } from '../formats/zip.ts'

type Writer = (entries: Iterable<ArchiveEntry>) => AsyncIterable<Uint8Array>

/** `archives[].formats` → how it is written. */
const FORMATS: Record<string, Writer> = {
  'tar.gz': (entries) => gzip(tar(entries)),
  tgz: (entries) => gzip(tar(entries)),
  tar,
  zip,
}

/** Formats that can be packed. */
export const archiveFormats: readonly string[] = Object.keys(FORMATS)

/** The writer of a format; undefined when it is not known. */
export function archiveWriter(format: string): Writer | undefined {
  return Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined
}
