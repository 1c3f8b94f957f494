/** What the words of `extra_args` set, as makeself's own command line has them. */
export interface MakeselfOptions {
  target?: string
  needRoot: boolean
  noOverwrite: boolean
  chown: boolean
  keepUmask: boolean
  exportConfig: boolean
  /** Paths inside of the archive. */
  license?: string
  helpHeader?: string
  cleanup?: string
  /** Seconds since the epoch. */
  time?: number
  compression?: string
}

/** Words that change nothing here: there is no terminal and no progress, and the checksum is always SHA-256. */
const IDLE = new Set([
  '--quiet',
  '-q',
  '--tar-quietly',
  '--noprogress',
  '--nox11',
  '--nowait',
  '--nomd5',
  '--nocrc',
  '--sha256',
  '--copy',
  '--follow',
  '--ssl-no-md',
])
const IDLE_WITH_VALUE = new Set(['--complevel', '--threads', '--tar-format'])
const COMPRESSIONS: Record<string, string> = {
  '--gzip': 'gzip',
  '--pigz': 'gzip',
  '--xz': 'xz',
  '--zstd': 'zstd',
  '--bzip2': 'bzip2',
  '--pbzip2': 'bzip2',
  '--lzo': 'lzo',
  '--lz4': 'lz4',
  '--compress': 'compress',
  '--nocomp': 'none',
}

/**
 * Reads `extra_args` (makeself.io, "Usage").
 * @returns the options, or the word that is not carried out
 * @example readOptions(['--needroot', '--target', '/opt/hello'])
 */
export function readOptions(words: string[]): MakeselfOptions | { refused: string; index: number } {
  const out: MakeselfOptions = {
    needRoot: false,
    noOverwrite: false,
    chown: false,
    keepUmask: false,
    exportConfig: false,
  }
  const values: Record<string, (value: string) => boolean> = {
    '--target': (value) => ((out.target = value), true),
    '--license': (value) => ((out.license = value), true),
    '--help-header': (value) => ((out.helpHeader = value), true),
    '--cleanup': (value) => ((out.cleanup = value), true),
    '--packaging-date': (value) => !Number.isNaN((out.time = Math.floor(Date.parse(value) / 1000))),
  }
  const flags: Record<string, () => void> = {
    '--needroot': () => (out.needRoot = true),
    '--nooverwrite': () => (out.noOverwrite = true),
    '--chown': () => (out.chown = true),
    '--nochown': () => (out.chown = false),
    '--keep-umask': () => (out.keepUmask = true),
    '--export-conf': () => (out.exportConfig = true),
    // A folder named after the one that was packed, which GoReleaser calls `.`.
    '--notemp': () => (out.target ??= '.'),
    '--current': () => (out.target = '.'),
  }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    const compression = Object.hasOwn(COMPRESSIONS, word) ? COMPRESSIONS[word] : undefined
    if (compression !== undefined) out.compression = compression
    else if (Object.hasOwn(flags, word)) flags[word]?.()
    else if (Object.hasOwn(values, word) || IDLE_WITH_VALUE.has(word)) {
      const value = words[index + 1]
      if (value === undefined || values[word]?.(value) === false) return { refused: word, index }
      index += 1
    } else if (!IDLE.has(word)) return { refused: word, index }
  }
  return out
}
