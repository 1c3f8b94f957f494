import { chmod, copyFile, lutimes, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { createHash } from 'node:crypto'
import type { BinaryInside } from '../../core/artifact.ts'
import { TagonceError } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'
import { run } from '../../external/process.ts'
import { hashFile } from '../../formats/hash.ts'
import type { HubReader } from '../../hub/hub.ts'
import { artifactNamed } from '../shared/packages.ts'
import { oncePerRun } from '../shared/once-per-run.ts'
import type { ChannelIO } from '../spoke.ts'
import { pinnedFiles } from './pins.ts'
import type { SnapRevisionUnit } from './unit.ts'

/** The options of snapd's own packer (`snap/squashfs`, for snaps of type app): the store refuses images made otherwise. */
export const SQUASHFS = [
  '-noappend',
  '-comp',
  'xz',
  '-no-fragments',
  '-no-progress',
  '-no-xattrs',
  '-all-root',
  '-quiet',
]

export interface PackedSnap {
  path: string
  /** `hello_1.2.3_linux_amd64.snap`. */
  name: string
  size: number
  /** Hex; the store names a revision's bytes by it. */
  sha3: string
  /** The folder that was packed. */
  prime: string
}

const once = oncePerRun<PackedSnap>()

/** The snap of one architecture in the run's folder, made once for each hub out of the programs that the hub holds. */
export function packedSnap(
  unit: SnapRevisionUnit,
  hub: HubReader,
  io: Pick<ChannelIO, 'folder' | 'signal'>,
): Promise<PackedSnap> {
  return once(hub, `${io.folder}\0${unit.id}`, () => pack(unit, hub, io))
}

async function pack(
  unit: SnapRevisionUnit,
  hub: HubReader,
  io: Pick<ChannelIO, 'folder' | 'signal'>,
): Promise<PackedSnap> {
  const name = `${posix.basename(unit.one.file)}.snap`
  const prime = join(io.folder, `prime-${unit.arch}`)
  const path = join(io.folder, name)
  await rm(prime, { recursive: true, force: true })
  await rm(path, { force: true })
  const epoch = Math.floor(Date.parse(hub.manifest.date) / 1000)
  await fill(prime, unit, hub)
  await settle(prime, epoch)
  const result = await run(['mksquashfs', prime, path, ...SQUASHFS], {
    env: { PATH: process.env['PATH'], SOURCE_DATE_EPOCH: String(epoch) },
    signal: io.signal,
    timeout: 600_000,
  })
  if (result.code !== 0) {
    throw new TagonceError('pack', `mksquashfs could not make ${name}`, { output: result.stderr || result.stdout })
  }
  const { size, digests } = await hashFile(path, ['sha3-384'])
  return { path, name, size, sha3: digests['sha3-384'], prime }
}

/** Where GoReleaser puts things: programs at the top (0555), files of the project where they are told, `meta/snap.yaml`. */
async function fill(prime: string, unit: SnapRevisionUnit, hub: HubReader): Promise<void> {
  const put = async (to: string, mode: number, write: (path: string) => Promise<void>): Promise<void> => {
    const path = inside(prime, to)
    await mkdir(dirname(path), { recursive: true })
    await rm(path, { force: true })
    await write(path)
    await chmod(path, mode)
  }
  for (const { destination, mode, bytes } of pinnedFiles(hub.manifest, unit.settings)) {
    await put(destination, mode, (path) => writeFile(path, bytes))
  }
  for (const { name, artifact } of unit.one.programs) {
    const from = await hub.binary(artifactNamed(hub.manifest, artifact), programOf(unit, hub, name, artifact).path)
    await put(name, 0o555, (path) => copyFile(from, path))
  }
  for (const { path: to, content } of unit.files) await put(to, 0o644, (path) => writeFile(path, content))
}

/** The program of this name in an artifact of the hub. Throws `manifest` where there is none. */
export function programOf(
  unit: SnapRevisionUnit,
  hub: Pick<HubReader, 'manifest'>,
  name: string,
  from: string,
): BinaryInside {
  const artifact = artifactNamed(hub.manifest, from)
  const alone = artifact.kind === 'binary' ? artifact.binaries[0] : undefined
  const found = alone ?? artifact.binaries.find((one) => posix.basename(one.path) === name)
  if (found !== undefined) return found
  throw new TagonceError('manifest', `${unit.id} needs the program ${name}, but ${from} holds none of that name`)
}

/** Modes and times that do not depend on the machine. */
async function settle(folder: string, epoch: number): Promise<void> {
  for (const one of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, one.name)
    if (one.isDirectory()) await settle(path, epoch)
    else await lutimes(path, epoch, epoch)
  }
  await chmod(folder, 0o755)
  await lutimes(folder, epoch, epoch)
}

/**
 * Unpacks a snap and compares it with what we would pack, file by file: another mksquashfs makes other bytes of the same files. A text
 * says what differs.
 */
export async function compareSnap(
  path: string,
  ours: PackedSnap,
  io: Pick<ChannelIO, 'folder' | 'signal'>,
): Promise<string | undefined> {
  const out = `${path}.unpacked`
  await rm(out, { recursive: true, force: true })
  const result = await run(['unsquashfs', '-n', '-q', '-no-xattrs', '-d', out, path], {
    signal: io.signal,
    timeout: 600_000,
  })
  if (result.code !== 0) return `it is no squashfs image: ${result.stderr.split('\n')[0] ?? ''}`
  const [theirs, mine] = await Promise.all([treeOf(out, out), treeOf(ours.prime, ours.prime)])
  const names = [...new Set([...theirs.keys(), ...mine.keys()])].toSorted()
  const different = names.find((name) => theirs.get(name) !== mine.get(name))
  if (different === undefined) return undefined
  if (!theirs.has(different)) return `${different} is not in it`
  return mine.has(different) ? `${different} differs` : `${different} is in it, which is not ours`
}

/** Digests of the files below a folder, by their path. */
async function treeOf(root: string, folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const one of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, one.name)
    const name = path.slice(root.length + 1)
    if (one.isDirectory()) for (const [key, value] of await treeOf(root, path)) found.set(key, value)
    else if (one.isFile()) found.set(name, (await hashFile(path, ['sha256'])).digests.sha256)
    else found.set(name, createHash('sha256').update(name).digest('hex'))
  }
  return found
}
