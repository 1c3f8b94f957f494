import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { unpackTar } from 'modern-tar'
import { type Digests, nameDigests } from './digests.ts'
import { arMembers, type Entry, sha256, tarEntries, unpacked, zipEntries } from './entries.ts'
import { type Facts, fact, note } from './facts.ts'
import { type Circumstances, plainText } from './put-aside.ts'
import { rpmFacts } from './rpm.ts'

type Reader = (path: string, name: string, where: Where) => Promise<void>

export interface Where {
  facts: Facts
  when: Circumstances
  digests: Digests
}

const READERS: [pattern: RegExp, read: Reader][] = [
  [/\.deb$/, readDeb],
  [/\.rpm$/, async (path, name, { facts, when }) => rpmFacts(name, await readFile(path), when, facts)],
  [/\.apk$/, readApk],
  [/\.ipk$/, readIpk],
  [/\.pkg\.tar\.(zst|xz|gz)$/, async (path, name, where) => members('package', name, await tar(path, where), where)],
  [
    /\.(tar|tar\.gz|tgz|tar\.xz|txz|tar\.zst|tzst|crate)$/,
    async (path, name, where) => members('archive', name, await tar(path, where), where),
  ],
  [/\.(zip|nupkg|whl)$/, async (path, name, where) => members('archive', name, await zipEntries(path), where)],
  [
    /\.(gz|xz|zst)$/,
    async (path, name, where) =>
      note(where.facts, fact('archive', name, 'content'), shown(await unpacked(await readFile(path)), where)),
  ],
]

/** How a file of this name is looked into; undefined where it is taken as a whole. */
export function readerOf(name: string): Reader | undefined {
  return READERS.find(([pattern]) => pattern.test(name))?.[1]
}

async function tar(path: string, { when }: Where): Promise<Entry[]> {
  return tarEntries(await readFile(path), when)
}

async function readDeb(path: string, name: string, where: Where): Promise<void> {
  const all = arMembers(await readFile(path))
  note(where.facts, fact('package', name, 'members'), all.map((one) => one.name).join(' '))
  for (const one of all) {
    const inner = /^(control|data)\.tar/.exec(one.name)?.[1]
    if (inner === undefined) {
      if (!one.name.startsWith('_gpg')) note(where.facts, fact('package', name, one.name), shown(one.content, where))
    } else {
      const entries = await tarEntries(one.content, where.when)
      members('package', `${name} › ${inner}`, inner === 'control' ? entries.map(withoutEmptyFields) : entries, where)
    }
  }
}

function withoutEmptyFields(entry: Entry): Entry {
  if (!/^(\.\/)?control$/.test(entry.name)) return entry
  return { ...entry, content: Buffer.from(entry.content.toString().replaceAll(/^[\w-]+: *\n(?! )/gm, '')) }
}

/** Three tars one after another: signature, control, data, each compressed by itself. */
async function readApk(path: string, name: string, where: Where): Promise<void> {
  // `gunzip` goes on over all members; the tars of the first two have no end mark, so they read as one.
  const entries = await tarEntries(gunzipSync(await readFile(path)), where.when)
  members('package', name, entries.map(withoutDataHash), where)
}

/** The digest of the compressed data, in the control file. */
function withoutDataHash(entry: Entry): Entry {
  if (entry.name !== '.PKGINFO') return entry
  return {
    ...entry,
    content: Buffer.from(
      entry.content.toString().replace(/^datahash = [0-9a-f]{64}$/m, 'datahash = <sha256 of the data>'),
    ),
  }
}

async function readIpk(path: string, name: string, where: Where): Promise<void> {
  for (const { header, data } of await unpackTar(gunzipSync(await readFile(path)))) {
    const bytes = Buffer.from(data ?? new Uint8Array())
    if (header.name.endsWith('.tar.gz'))
      members('package', `${name} › ${header.name}`, await tarEntries(bytes, where.when), where)
    else note(where.facts, fact('package', name, header.name), shown(bytes, where))
  }
}

function members(kind: string, name: string, entries: Entry[], where: Where): void {
  note(where.facts, fact(kind, name, 'order'), entries.map((one) => one.name).join('\n'))
  for (const { name: inner, attributes, time, content } of entries) {
    note(where.facts, fact(kind, name, inner, 'attributes'), `${attributes} ${time}`)
    if (content.length > 0) note(where.facts, fact(kind, name, inner, 'content'), shown(content, where))
  }
}

/** A text as text, all else by its digest, or by the name of the file in dist that it is. */
export function shown(bytes: Buffer, { when, digests }: Where): string {
  const inner = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
  if (!isText(inner)) return nameDigests(sha256(inner), digests)
  return nameDigests(plainText(inner.toString(), when), digests)
}

function isText(bytes: Buffer): boolean {
  return (
    bytes.length < 4_000_000 && !bytes.subarray(0, 65_536).includes(0) && Buffer.from(bytes.toString()).equals(bytes)
  )
}
