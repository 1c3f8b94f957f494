import { createTarDecoder } from 'modern-tar'
import { FormatError } from './format-error.ts'
import { memberName } from './member-name.ts'

/** A member as it is met; its content is read before the next one is asked for, or is passed over. */
export interface TarMember {
  name: string
  type: 'file' | 'directory' | 'symlink' | 'other'
  mode: number
  size: number
  /** Seconds since the epoch. */
  mtime: number
  uid: number
  gid: number
  /** Where a symlink points, as written; of a hard link (type `other`), the member that has its bytes. */
  target: string
  content: AsyncIterable<Uint8Array>
}

/**
 * The members of a tar archive, in order. Damage and unsafe names are FormatErrors; with `anyName`, for lists of what is never
 * unpacked, names are given as they stand there.
 * @example for await (const member of readTar(gunzip(fileChunks('a.tar.gz')))) console.log(member.name)
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  options: { anyName?: boolean } = {},
): AsyncGenerator<TarMember> {
  const entries = ReadableStream.from(source).pipeThrough(createTarDecoder({ strict: true }))
  for await (const { header, body } of asFormatErrors(entries)) {
    const type = header.type ?? 'file'
    // A folder of its own ("./") holds nothing that could be named.
    if (type === 'directory' && /^(\.\/?)+$/.test(header.name)) continue
    yield {
      name: options.anyName === true ? header.name : memberName(header.name),
      type: type === 'file' || type === 'directory' || type === 'symlink' ? type : 'other',
      mode: (header.mode ?? 0) & 0o7777,
      size: header.size,
      mtime: Math.floor((header.mtime?.getTime() ?? 0) / 1000),
      uid: header.uid ?? 0,
      gid: header.gid ?? 0,
      target: header.linkname ?? '',
      content: asFormatErrors(body),
    }
    // The decoder goes on only when a member's bytes are taken. To cancel them is no way: it may have begun the next
    // member already, and then takes that one's bytes away (modern-tar 0.8.6).
    if (!body.locked) await passOver(body)
  }
}

async function passOver(body: ReadableStream<Uint8Array>): Promise<void> {
  for await (const chunk of asFormatErrors(body)) void chunk
}

async function* asFormatErrors<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      const step = await iterator.next().catch(toFormatError)
      ended = step.done === true
      if (step.done === true) return
      yield step.value
    }
  } finally {
    if (!ended) await iterator.return?.()
  }
}

/** What the source itself reports (a file that is gone, damaged gzip) stays as it is; the rest is the decoder's complaint. */
function toFormatError(error: unknown): never {
  if (error instanceof FormatError || (error instanceof Error && 'syscall' in error)) throw error
  throw new FormatError(`the tar archive is damaged: ${error instanceof Error ? error.message : String(error)}`, error)
}

/**
 * The bytes of one member; a FormatError when there is none of that name.
 * @example await writeFile('hello', tarMember(gunzip(fileChunks('a.tar.gz')), 'a/hello'))
 */
export async function* tarMember(source: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  for await (const member of readTar(source)) {
    if (member.name !== name || member.type !== 'file') continue
    yield* member.content
    return
  }
  throw new FormatError(`the archive has no file ${name}`)
}
