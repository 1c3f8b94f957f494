import { createTarPacker } from 'modern-tar'
import type { TarPackController } from 'modern-tar'

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
  | { type: 'file'; size: number; content: () => AsyncIterable<Uint8Array> }
  | { type: 'symlink'; target: string }

/**
 * A tar archive (POSIX ustar; pax records where a name is too long). Nothing of the machine is in it: uid and gid are 0, and all
 * else is what the entries say. Entries are written in the order given.
 * @example for await (const chunk of tar([{ name: 'a', mode: 0o644, mtime: 0, body }])) out.write(chunk)
 */
export async function* tar(entries: Iterable<ArchiveEntry>): AsyncGenerator<Uint8Array> {
  const { readable, controller } = createTarPacker()
  const writing = writeAll(entries, controller)
  // Its failure reaches the reader below as the stream's own error.
  writing.catch(() => {})
  yield* readable
  await writing
}

async function writeAll(entries: Iterable<ArchiveEntry>, controller: TarPackController): Promise<void> {
  try {
    for (const entry of entries) await writeOne(entry, controller)
    controller.finalize()
  } catch (error) {
    controller.error(error)
    throw error
  }
}

async function writeOne(entry: ArchiveEntry, controller: TarPackController): Promise<void> {
  const { body } = entry
  const stream = controller.add({
    name: entry.name,
    mode: entry.mode,
    mtime: new Date(entry.mtime * 1000),
    uid: 0,
    gid: 0,
    uname: entry.owner ?? '',
    gname: entry.group ?? '',
    ...(body.type === 'symlink'
      ? { type: 'symlink' as const, size: 0, linkname: body.target }
      : { type: 'file' as const, size: body.size }),
  })
  const writer = stream.getWriter()
  // `write` fails with the reason of an abort as well; `closed` would then be a second, unhandled rejection.
  writer.closed.catch(() => {})
  if (body.type === 'file') for await (const chunk of body.content()) await writer.write(chunk)
  await writer.close()
}
