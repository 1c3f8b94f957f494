import { FormatError } from './format-error.ts'
import { gzip } from './gzip.ts'
import { xz } from './xz.ts'
import { zstd } from './zstd.ts'

type Compressor = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>

/** The word of a config → how it is compressed, and what is added to the name of a tar. */
const COMPRESSORS: Record<string, { compress: Compressor; ext: string }> = {
  gzip: { compress: gzip, ext: '.gz' },
  xz: { compress: xz, ext: '.xz' },
  zstd: { compress: zstd, ext: '.zst' },
  none: { compress: (source) => source, ext: '' },
}

/** All words, for messages. */
export const packageCompressions: readonly string[] = Object.keys(COMPRESSORS)

/**
 * How the payload of a package is compressed. A level after a colon (`zstd:19`) is read over: the output has one level, the same everywhere.
 * @example compression('zstd').ext // '.zst'
 */
export function compression(setting: string): { word: string; compress: Compressor; ext: string } {
  const word = setting.split(':')[0] || 'gzip'
  const found = Object.hasOwn(COMPRESSORS, word) ? COMPRESSORS[word] : undefined
  if (found === undefined) throw new FormatError(`${setting} is no compression of packages`)
  return { word, ...found }
}
