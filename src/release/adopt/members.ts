import { fileChunks } from '../../formats/file-chunks.ts'
import { FormatError } from '../../formats/format-error.ts'
import { gunzip } from '../../formats/gzip.ts'
import { readTar } from '../../formats/tar-reader.ts'
import { unxz } from '../../formats/unxz.ts'
import { zipMember, zipMembers } from '../../formats/zip-reader.ts'
import { unzstd } from '../../formats/zstd.ts'

/** A file in an archive; its bytes are read before the next one is asked for, or passed over. */
export interface Member {
  name: string
  mode: number
  content: AsyncIterable<Uint8Array>
}

/** The files of an archive of any format that a release may have; links and folders are passed over. */
export async function* membersOf(path: string, format: string, alone: string): AsyncGenerator<Member> {
  if (format === 'zip') {
    for (const { name, type, mode } of await zipMembers(path))
      if (type === 'file') yield { name, mode, content: zipMember(path, name) }
    return
  }
  const bytes = fileChunks(path)
  // One file without a name: it has that of the program.
  const whole = { gz: () => gunzip(bytes), xz: () => unxz(bytes), binary: () => bytes }
  if (format === 'gz' || format === 'xz' || format === 'binary') {
    yield { name: alone, mode: 0o755, content: whole[format]() }
    return
  }
  for await (const { name, type, mode, content } of readTar(unpacked(bytes, format)))
    if (type === 'file') yield { name, mode, content }
}

function unpacked(bytes: AsyncGenerator<Buffer>, format: string): AsyncIterable<Uint8Array> {
  if (format === 'tar.gz' || format === 'tgz') return gunzip(bytes)
  if (format === 'tar.xz' || format === 'txz') return unxz(bytes)
  if (format === 'tar.zst' || format === 'tzst') return unzstd(bytes)
  if (format === 'tar') return bytes
  throw new FormatError(`archives of format ${format} are not read here`)
}
