import { createHash } from 'node:crypto'
import { userInfo } from 'node:os'
import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'
import { unxz } from '../formats/unxz.ts'
import { zipMember, zipMembers } from '../formats/zip-reader.ts'
import { unzstd } from '../formats/zstd.ts'
import { type Circumstances, isNow } from './put-aside.ts'

const KINDS: Record<string, string> = { file: '-', directory: 'd', symlink: 'l' }

/** What is in an archive: where, and what is said of it. */
export interface Entry {
  name: string
  /** `-rwxr-xr-x 0:0 root:root`, with the target of a link. */
  attributes: string
  time: string
  content: Buffer
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The bytes behind a compression, told by their first bytes; those of a file that is not compressed as they are. */
export async function unpacked(bytes: Buffer): Promise<Buffer> {
  const [a, b] = [bytes[0], bytes[1]]
  if (a === 0x1f && b === 0x8b) return gunzipSync(bytes)
  if (a === 0xfd && b === 0x37) return joined(unxz(chunk(bytes)))
  if (a === 0x28 && b === 0xb5) return joined(unzstd(chunk(bytes)))
  return bytes
}

/** The members of a tar, compressed or not. */
export async function tarEntries(bytes: Buffer, when: Circumstances): Promise<Entry[]> {
  const all = await unpackTar(await unpacked(bytes))
  return all.map(({ header, data }) => {
    const type = header.type ?? 'file'
    const kind = KINDS[type] ?? type
    const link = header.linkname === undefined || header.linkname === '' ? '' : ` -> ${header.linkname}`
    const mode = ((header.mode ?? 0) & 0o7777).toString(8).padStart(4, '0')
    return {
      name: header.name,
      attributes: `${kind}${mode} ${owner(header)}${link}`,
      time: shownTime((header.mtime?.getTime() ?? 0) / 1000, when),
      content: Buffer.from(data ?? new Uint8Array()),
    }
  })
}

/** Owners that nobody asked for are put aside: theirs are who runs it, ours nobody by name. */
function owner({
  uid = 0,
  gid = 0,
  uname = '',
  gname = '',
}: Partial<Record<'uid' | 'gid', number> & Record<'uname' | 'gname', string>>): string {
  const nobody = uid === 0 && gid === 0 && [uname, gname].every((name) => name === '' || name === 'root')
  const { uid: mine, gid: group, username } = userInfo()
  const runner = mine !== 0 && uid === mine && gid === group && uname === username
  return nobody || runner ? '<owner>' : `${uid}:${gid} ${uname}:${gname}`
}

/** The members of a zip. */
export async function zipEntries(path: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const { name, type, mode } of await zipMembers(path)) {
    const content =
      type === 'directory' ? Buffer.alloc(0) : await joined(zipMember(path, name)).catch(() => Buffer.alloc(0))
    entries.push({ name, attributes: `${type} ${mode.toString(8).padStart(4, '0')}`, time: '', content })
  }
  return entries
}

/** A time that must differ is no news. */
export function shownTime(seconds: number, when: Circumstances): string {
  return isNow(seconds, when) ? '<time>' : new Date(Math.floor(seconds) * 1000).toISOString()
}

/** Members of an `ar` archive, which a Debian package is. */
export function arMembers(bytes: Buffer): { name: string; content: Buffer }[] {
  const members: { name: string; content: Buffer }[] = []
  for (let at = 8; at + 60 <= bytes.length;) {
    const name = bytes
      .toString('latin1', at, at + 16)
      .trim()
      .replace(/\/$/, '')
    const size = Number(bytes.toString('latin1', at + 48, at + 58).trim())
    members.push({ name, content: bytes.subarray(at + 60, at + 60 + size) })
    at += 60 + size + (size % 2)
  }
  return members
}

async function* chunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const one of chunks) all.push(one)
  return Buffer.concat(all)
}
