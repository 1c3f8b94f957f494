import type { PackageEntry } from './package-entry.ts'
import type { RpmValue } from './rpm-header.ts'
import { TAG } from './rpm-tags.ts'

/** RPMFILE_CONFIG, _DOC, _MISSINGOK, _NOREPLACE, _LICENSE, _README, _SPECFILE (rpm's include/rpm/rpmfiles.h). */
const FLAGS: Record<NonNullable<PackageEntry['role']>, number> = {
  config: 1,
  'config|missingok': 1 | 8,
  'config|noreplace': 1 | 16,
  doc: 2,
  license: 128,
  readme: 256,
  spec: 32,
}
/** RPMFILE_GHOST */
const GHOST = 64
/** What the size of a folder is told as. */
const FOLDER = 4096
/** PGPHASHALGO_SHA256 */
const SHA256 = 8

/** The tags that tell the files of a package (of a source package, flat: without a folder); none where there are none, since rpm takes empty arrays for damage. */
export function rpmFileTags(files: PackageEntry[], flat = false): [number, RpmValue][] {
  if (files.length === 0) return []
  const folders: string[] = []
  const indexes = files.map(({ path }) => {
    const folder = path.slice(flat ? 1 : 0, path.lastIndexOf('/') + 1)
    if (!folders.includes(folder)) folders.push(folder)
    return folders.indexOf(folder)
  })
  const same = <T>(value: T): T[] => files.map(() => value)
  return [
    [TAG.baseNames, { texts: files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)) }],
    [TAG.dirIndexes, { int32: indexes }],
    [TAG.dirNames, { texts: folders }],
    [TAG.fileSizes, { int32: files.map(sizeOf) }],
    [TAG.fileModes, { int16: files.map(modeOf) }],
    [TAG.fileUserName, { texts: files.map(({ owner }) => owner) }],
    [TAG.fileGroupName, { texts: files.map(({ group }) => group) }],
    [TAG.fileMtimes, { int32: files.map(({ mtime }) => mtime) }],
    [TAG.fileDigests, { texts: files.map(({ body }) => (body.type === 'file' ? body.digests.sha256 : '')) }],
    [TAG.fileLinkTos, { texts: files.map(({ body }) => (body.type === 'symlink' ? body.target : '')) }],
    [TAG.fileFlags, { int32: files.map(flagsOf) }],
    [TAG.fileInodes, { int32: files.map((_, at) => at + 1) }],
    [TAG.fileDevices, { int32: same(1) }],
    [TAG.fileDigestAlgo, { int32: [SHA256] }],
    // RPMVERIFY_ALL
    [TAG.fileVerifyFlags, { int32: same(-1) }],
    [TAG.fileRdevs, { int16: same(0) }],
    [TAG.fileLangs, { texts: same('') }],
  ]
}

function sizeOf({ body }: PackageEntry): number {
  if (body.type === 'directory') return FOLDER
  return body.type === 'file' ? body.size : body.type === 'symlink' ? Buffer.byteLength(body.target) : 0
}

function modeOf({ body, mode }: PackageEntry): number {
  if (body.type === 'directory') return 0o040000 | mode
  return body.type === 'symlink' ? 0o120777 : 0o100000 | mode
}

function flagsOf({ body, role }: PackageEntry): number {
  return (role === undefined ? 0 : FLAGS[role]) | (body.type === 'ghost' ? GHOST : 0)
}
