import { FormatError } from './format-error.ts'

/** A member of an archive, told before its bytes. */
export interface ArchiveEntry {
  /** Relative, forward slashes. */
  name: string
  /** Permission bits: `0o755`. */
  mode: number
  /** Seconds since the epoch. */
  mtime: number
  /** Name of the owner; empty when none is told. */
  owner?: string
  group?: string
  body: EntryBody
}

export type EntryBody =
  /** A chunk is used up before the next one is asked for, so it may live in a buffer that is filled again. */
  { type: 'file'; size: number; content: () => AsyncIterable<Uint8Array> } | { type: 'symlink'; target: string }

/** What a tar can hold beside files and links. */
export interface TarEntry extends Omit<ArchiveEntry, 'body'> {
  body: EntryBody | { type: 'directory' }
  /** Further pax records of this entry: `{ 'APK-TOOLS.checksum.SHA1': '…' }`. */
  records?: Record<string, string>
  /** Numbers of owner and group; 0 when absent. */
  uid?: number
  gid?: number
}

export interface TarOptions {
  /**
   * How a value that does not fit into the header is told: in pax records, or as GNU tar does (dpkg and opkg read no pax records:
   * deb(5), "Format").
   */
  dialect?: 'pax' | 'gnu'
  /** Whether the two empty records that end an archive are written; the first parts of an apk have none. */
  end?: boolean
}

const RECORD = 512
/** The largest number that the eleven octal digits of a header can tell. */
const MOST_OCTAL = 0o77777777777
/** The same for the seven digits of an owner. */
const MOST_ID = 0o7777777

/**
 * A tar archive (POSIX ustar, with pax records where a value does not fit). Nothing of the machine is in it: all of it is what
 * the entries say, and uid and gid are 0 where they say nothing. Entries are written in the order given.
 * @example for await (const chunk of tar([{ name: 'a', mode: 0o644, mtime: 0, body }])) out.write(chunk)
 */
export async function* tar(entries: Iterable<TarEntry>, options: TarOptions = {}): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    const { body } = entry
    yield* options.dialect === 'gnu' ? gnuHeaders(entry) : headers(entry)
    if (body.type !== 'file') continue
    let size = 0
    for await (const chunk of body.content()) {
      size += chunk.length
      if (size > body.size) break
      yield chunk
    }
    if (size !== body.size) throw new FormatError(`${entry.name} should have ${body.size} bytes and has ${size}`)
    yield Buffer.alloc(-size & (RECORD - 1))
  }
  if (options.end !== false) yield Buffer.alloc(2 * RECORD)
}

/** The header of an entry, and before it the records of what does not fit into it. */
function* headers(entry: TarEntry): Generator<Buffer> {
  const { body } = entry
  const size = body.type === 'file' ? body.size : 0
  const target = body.type === 'symlink' ? body.target : ''
  const place = split(entry.name)
  const records = [
    ...Object.entries(entry.records ?? {}).map(([key, value]) => record(key, value)),
    ...(place === undefined ? [record('path', entry.name)] : []),
    ...(fits(target, 100) ? [] : [record('linkpath', target)]),
    ...(fits(entry.owner ?? '', 31) ? [] : [record('uname', entry.owner ?? '')]),
    ...(fits(entry.group ?? '', 31) ? [] : [record('gname', entry.group ?? '')]),
    ...(size > MOST_OCTAL ? [record('size', String(size))] : []),
    ...((entry.uid ?? 0) > MOST_ID ? [record('uid', String(entry.uid))] : []),
    ...((entry.gid ?? 0) > MOST_ID ? [record('gid', String(entry.gid))] : []),
    ...(entry.mtime >= 0 && entry.mtime <= MOST_OCTAL ? [] : [record('mtime', String(entry.mtime))]),
  ]
  if (records.length > 0) {
    const text = Buffer.concat(records)
    yield header('x', { prefix: '', name: 'PaxHeaders/next' }, 0o644, text.length, '', {
      ...entry,
      owner: '',
      group: '',
    })
    yield text
    yield Buffer.alloc(-text.length & (RECORD - 1))
  }
  yield header(KINDS[body.type], place ?? { prefix: '', name: entry.name }, entry.mode, size, target, entry)
}

/** The same as GNU tar writes it: long names before the header, and big numbers in binary ("base-256"). */
function* gnuHeaders(entry: TarEntry): Generator<Buffer> {
  const { body } = entry
  const target = body.type === 'symlink' ? body.target : ''
  for (const [kind, text] of [
    ['K', target],
    ['L', entry.name],
  ] as const) {
    const bytes = Buffer.from(`${text}\0`)
    if (bytes.length <= 101) continue
    const own = { ...entry, mtime: 0, owner: '', group: '' }
    yield gnu(header(kind, { prefix: '', name: '././@LongLink' }, 0, bytes.length, '', own), bytes.length)
    yield bytes
    yield Buffer.alloc(-bytes.length & (RECORD - 1))
  }
  const size = body.type === 'file' ? body.size : 0
  yield gnu(header(KINDS[body.type], { prefix: '', name: entry.name }, entry.mode, size, target, entry), size)
}

function gnu(out: Buffer, size: number): Buffer {
  out.write('ustar  \0', 257, 'latin1')
  // GNU tar leaves the device numbers empty.
  out.fill(0, 329, 345)
  if (size > MOST_OCTAL) {
    out.fill(0, 124, 136)
    out[124] = 0x80
    out.writeBigUInt64BE(BigInt(size), 128)
  }
  return sealed(out)
}

const KINDS = { file: '0', symlink: '2', directory: '5' } as const

function header(
  kind: string,
  place: { prefix: string; name: string },
  mode: number,
  size: number,
  target: string,
  entry: TarEntry,
): Buffer {
  const out = Buffer.alloc(RECORD)
  out.write(place.name, 0, 100)
  octal(out, 100, 8, mode & 0o7777)
  octal(out, 108, 8, Math.min(MOST_ID, entry.uid ?? 0))
  octal(out, 116, 8, Math.min(MOST_ID, entry.gid ?? 0))
  octal(out, 124, 12, size > MOST_OCTAL ? 0 : size)
  octal(out, 136, 12, Math.min(MOST_OCTAL, Math.max(0, Math.floor(entry.mtime))))
  out.write(kind, 156)
  out.write(target, 157, 100)
  out.write('ustar\x0000', 257, 'latin1')
  out.write(entry.owner ?? '', 265, 31)
  out.write(entry.group ?? '', 297, 31)
  octal(out, 329, 8, 0)
  octal(out, 337, 8, 0)
  out.write(place.prefix, 345, 155)
  return sealed(out)
}

/** With the checksum of the header in its place. */
function sealed(out: Buffer): Buffer {
  // The sum of all bytes, counting its own field as blanks.
  out.fill(' ', 148, 156)
  octal(
    out,
    148,
    7,
    out.reduce((sum, byte) => sum + byte, 0),
  )
  return out
}

function octal(out: Buffer, at: number, width: number, value: number): void {
  out.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1')
  out[at + width - 1] = 0
}

/** ASCII of so many bytes: what a ustar field holds without any doubt about its encoding. */
function fits(text: string, length: number): boolean {
  // oxlint-disable-next-line no-control-regex -- ASCII is meant
  return text.length <= length && /^[\x00-\x7f]*$/.test(text)
}

/** A name in the two fields of ustar, cut at a slash; undefined when it does not fit. */
function split(name: string): { prefix: string; name: string } | undefined {
  if (fits(name, 100)) return { prefix: '', name }
  if (!fits(name, 256)) return undefined
  const cut = name.indexOf('/', Math.max(1, name.length - 101))
  if (cut === -1 || cut > 155 || cut === name.length - 1) return undefined
  return { prefix: name.slice(0, cut), name: name.slice(cut + 1) }
}

/** `length key=value\n`, where the length counts itself. */
function record(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}
