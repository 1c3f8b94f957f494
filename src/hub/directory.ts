import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { Observation } from '../core/states.ts'
import type { Downloaded } from '../external/download.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import { readManifest } from '../manifest/read.ts'
import { assetAddress } from './address.ts'
import type { Hub, HubFile, ReleaseText } from './hub.ts'
import { checkFiles } from './names.ts'
import { hubReader } from './reader.ts'

/** What `release.json` says beside the files. */
interface Record {
  text: Omit<ReleaseText, 'draft'>
  draft: boolean
  files: { name: string; size: number; sha256: string }[]
}

/**
 * A hub in a folder, for snapshots and tests: `FOLDER/TAG/release.json` and `FOLDER/TAG/assets/`.
 * @example const hub = createDirectoryHub('dist/hub', { folder })
 */
export function createDirectoryHub(root: string, io: { folder: string; now?: () => Date }): Hub {
  const now = io.now ?? (() => new Date())
  const home = (tag: string): string => inside(root, encodeURIComponent(tag))
  const observed = (tag: string, state: Observation['state'], what: string, reason?: string): Observation => ({
    state,
    ...(reason === undefined ? {} : { reason }),
    evidence: [{ what, from: join(home(tag), 'release.json'), at: now().toISOString() }],
  })

  const observe = async (tag: string): Promise<Observation> => {
    const record = await readRecord(home(tag))
    if (record === null) return observed(tag, 'absent', 'no release')
    const found = await Promise.all(
      record.files.map(async (file) => [file, await measure(home(tag), file.name)] as const),
    )
    const missing = found.filter(([, there]) => there === null).map(([file]) => file.name)
    const other = found.filter(([file, there]) => there !== null && there.sha256 !== file.sha256)
    const what = `${record.draft ? 'a draft' : 'a release'} with ${record.files.length - missing.length} files`
    if (other.length > 0)
      return observed(tag, 'mismatch', what, `other bytes: ${other.map(([file]) => file.name).join(', ')}`)
    if (missing.length > 0) return observed(tag, 'partial', what, `missing: ${missing.join(', ')}`)
    return record.draft ? observed(tag, 'staged', what, 'a draft') : observed(tag, 'live', `${what}, digests equal`)
  }

  return {
    observe,
    async store(text, files, task) {
      checkFiles(files)
      const { draft, ...rest } = text
      const before = await readRecord(home(text.tag))
      const wanted: HubFile[] = []
      for (const file of files) {
        const there = await measure(home(text.tag), file.name)
        if (there?.sha256 === file.sha256) continue
        if (there !== null && before?.draft === false) {
          const reason = `${file.name} differs: the hub has sha256:${there.sha256}, here it is sha256:${file.sha256}`
          return observed(text.tag, 'mismatch', 'the release holds other bytes', reason)
        }
        wanted.push(file)
      }
      const record = { text: rest, files: files.map(({ name, size, sha256 }) => ({ name, size, sha256 })) }
      if (before === null) await writeRecord(home(text.tag), { ...record, draft: true })
      for (const file of wanted) await put(home(text.tag), file)
      await writeRecord(home(text.tag), { ...record, draft })
      task.note(`${wanted.length} stored, ${files.length - wanted.length} were there`)
      return observe(text.tag)
    },
    async read(tag) {
      const record = await readRecord(home(tag))
      if (record === null || record.draft)
        throw new TagonceError('hub', `${tag} has no release in ${root}, or a draft only`)
      const folder = join(io.folder, 'hub')
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const fetch = async (name: string, path: string): Promise<Downloaded> => {
        const there = await measure(home(tag), name)
        if (there === null) return { status: 404, size: 0, sha256: '' }
        await copyFile(assetPath(home(tag), name), path)
        return { status: 200, ...there }
      }
      const got = await fetch(MANIFEST_NAME, join(folder, MANIFEST_NAME))
      if (got.status !== 200) throw new TagonceError('hub', `${tag} has no ${MANIFEST_NAME} in ${root}`)
      const manifest = readManifest(await readFile(join(folder, MANIFEST_NAME), 'utf8'))
      return hubReader({ manifest, folder, address: (name) => assetAddress(manifest.hub, tag, name), fetch })
    },
  }
}

function assetPath(home: string, name: string): string {
  return inside(join(home, 'assets'), name)
}

async function readRecord(home: string): Promise<Record | null> {
  const text = await readFile(join(home, 'release.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  // The folder is our own, and a record is renamed into place, so it is whole.
  return text === null ? null : (JSON.parse(text) as Record)
}

async function writeRecord(home: string, record: Record): Promise<void> {
  await mkdir(home, { recursive: true })
  const temporary = join(home, `.release-${randomUUID()}`)
  await writeFile(temporary, `${JSON.stringify(record, null, 2)}\n`)
  await rename(temporary, join(home, 'release.json'))
}

async function put(home: string, file: HubFile): Promise<void> {
  const path = assetPath(home, file.name)
  await mkdir(dirname(path), { recursive: true })
  const temporary = join(home, `.asset-${randomUUID()}`)
  await copyFile(file.path, temporary)
  await rename(temporary, path)
}

async function measure(home: string, name: string): Promise<{ size: number; sha256: string } | null> {
  const path = assetPath(home, name)
  const facts = await stat(path).catch(() => null)
  if (facts === null) return null
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { size: facts.size, sha256: hash.digest('hex') }
}
