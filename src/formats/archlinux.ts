import { createHash } from 'node:crypto'
import { gzip } from './gzip.ts'
import {
  installedSize,
  isConfig,
  textBody,
  wholeOf,
  type PackageEntry,
  type PackageFacts,
  type PackageScripts,
} from './package-entry.ts'
import { tar, type TarEntry } from './tar.ts'
import { zstd } from './zstd.ts'

/** What only a package of Arch Linux says. */
export interface ArchFacts extends PackageFacts {
  /** The package that a split one comes from; empty for the package itself. */
  pkgbase: string
  packager: string
  scripts: PackageScripts & { preupgrade?: string; postupgrade?: string }
}

/**
 * A package of Arch Linux (alpm-package(7)): a tar with `.PKGINFO`, `.MTREE` and `.INSTALL` before the files, in zstd.
 * @example for await (const chunk of archlinux(facts, entries)) out.write(chunk)
 */
export async function* archlinux(facts: ArchFacts, entries: PackageEntry[]): AsyncGenerator<Uint8Array> {
  const { mtime } = facts
  const meta = (name: string, content: string | Uint8Array) => ({
    name,
    mode: 0o644,
    mtime,
    ...OWNER,
    body: textBody(content),
  })
  const info = pkgInfo(facts, entries)
  const install = installScript(facts.scripts)
  const tree = await wholeOf(gzip(textBody(mtree(info, entries, mtime)).content()))
  yield* zstd(
    tar([
      meta('.PKGINFO', info),
      meta('.MTREE', tree),
      ...(install === '' ? [] : [meta('.INSTALL', install)]),
      ...entries.flatMap(tarEntry),
    ]),
  )
}

const OWNER = { owner: 'root', group: 'root' }

/** `epoch:version-release` (PKGBUILD(5), pkgver: no colon, slash, hyphen or blank). */
export function archVersion(facts: PackageFacts): string {
  const epoch = /^\d+$/.test(facts.epoch) ? `${Number(facts.epoch)}:` : ''
  return `${epoch}${facts.version}${facts.prerelease.replaceAll('-', '_')}-${archRelease(facts)}`
}

/** Arch Linux counts its releases; what is no number is the first. */
export function archRelease({ release }: PackageFacts): number {
  return /^[+-]?\d+$/.test(release) ? Number(release) : 1
}

function tarEntry({ path, mode, mtime, owner, group, body }: PackageEntry): TarEntry[] {
  const common = { name: path.slice(1), mode, mtime, owner, group }
  if (body.type === 'ghost') return []
  if (body.type === 'directory') return [{ ...common, name: `${common.name}/`, body: { type: 'directory' } }]
  return [{ ...common, mode: body.type === 'symlink' ? 0o777 : mode, body }]
}

/** The `.PKGINFO`, keys in the order of the alphabet and then the lists (PKGINFO(5)). */
function pkgInfo(facts: ArchFacts, entries: PackageEntry[]): string {
  const lines: [name: string, value: string][] = [
    ['arch', facts.arch],
    ['builddate', String(facts.mtime)],
    ['license', facts.license],
    ['packager', facts.packager || 'Unknown Packager'],
    ['pkgbase', facts.pkgbase || facts.name],
    ['pkgdesc', facts.description.replaceAll('\n', ' ')],
    ['pkgname', facts.name],
    ['pkgver', archVersion(facts)],
    ['size', String(installedSize(entries))],
    ['url', facts.homepage],
    ...facts.replaces.map((one): [string, string] => ['replaces', one]),
    ...facts.conflicts.map((one): [string, string] => ['conflict', one]),
    ...facts.provides.map((one): [string, string] => ['provides', one]),
    ...facts.depends.map((one): [string, string] => ['depend', one]),
    ...entries.filter(isConfig).map(({ path }): [string, string] => ['backup', path.slice(1)]),
  ]
  return lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}

/** What pacman checks files against (mtree(5)); names with blanks and the like are in octal. */
function mtree(info: string, entries: PackageEntry[], mtime: number): string {
  const hash = (algorithm: string): string => createHash(algorithm).update(info).digest('hex')
  const file = (mode: number, time: number, size: number, md5: string, sha256: string): string =>
    `time=${time}.0 mode=${mode.toString(8)} size=${size} type=file md5digest=${md5} sha256digest=${sha256}`
  const lines = entries.flatMap(({ path, mode, mtime: time, body }): string[] => {
    const name = `.${escaped(path)}`
    if (body.type === 'ghost') return []
    if (body.type === 'directory') return [`${name} time=${time}.0 mode=${mode.toString(8)} type=dir`]
    if (body.type === 'symlink') return [`${name} time=${time}.0 mode=777 type=link link=${escaped(body.target)}`]
    return [`${name} ${file(mode, time, body.size, body.digests.md5, body.digests.sha256)}`]
  })
  const own = `./.PKGINFO ${file(0o644, mtime, Buffer.byteLength(info), hash('md5'), hash('sha256'))}`
  return `#mtree\n${[own, ...lines].join('\n')}\n`
}

function escaped(path: string): string {
  // oxlint-disable-next-line no-control-regex -- all but printable ASCII, the blank, the hash, the backslash
  return [...Buffer.from(path)]
    .map((byte) =>
      byte <= 0x20 || byte >= 0x7f || byte === 0x23 || byte === 0x5c
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : String.fromCodePoint(byte),
    )
    .join('')
}

/** Functions of one shell script, which pacman calls by their names (PKGBUILD(5), "Install/Upgrade/Remove Scripting"). */
function installScript(scripts: ArchFacts['scripts']): string {
  const all: [name: string, text: string | undefined][] = [
    ['post_install', scripts.postinstall],
    ['post_remove', scripts.postremove],
    ['post_upgrade', scripts.postupgrade],
    ['pre_install', scripts.preinstall],
    ['pre_remove', scripts.preremove],
    ['pre_upgrade', scripts.preupgrade],
  ]
  return all
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `function ${name}() {\n${text}\n}\n\n`)
    .join('')
}
