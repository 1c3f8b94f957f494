import { createHash } from 'node:crypto'
import { gzip } from './gzip.ts'
import {
  installedSize,
  textBody,
  wholeOf,
  type PackageEntry,
  type PackageFacts,
  type PackageScripts,
} from './package-entry.ts'
import type { Spool } from './package-spool.ts'
import { tar, type TarEntry } from './tar.ts'

/** What only an apk says. */
export interface ApkFacts extends PackageFacts {
  scripts: PackageScripts & { preupgrade?: string; postupgrade?: string }
}

/** Signs the SHA-1 of the control part with RSA (PKCS #1 v1.5); apk looks for the key by its file name in /etc/apk/keys. */
export interface ApkSigner {
  /** `ann@example.org-1a2b.rsa.pub` */
  keyName: string
  sign: (control: Uint8Array) => Promise<Uint8Array>
}

/**
 * A package of Alpine Linux, version 2 of the format (wiki.alpinelinux.org/wiki/Apk_spec): gzipped tars one after another, of which the first
 * ones lack the end of a tar, so that together they are one.
 * @example for await (const chunk of apk(facts, entries, spoolIn(folder))) out.write(chunk)
 */
export async function* apk(
  facts: ApkFacts,
  entries: PackageEntry[],
  spool: Spool,
  signer?: ApkSigner,
): AsyncGenerator<Uint8Array> {
  const data = await spool(gzip(tar(dataEntries(entries))))
  const control = await wholeOf(gzip(tar(controlEntries(facts, entries, data.sha256), { end: false })))
  if (signer !== undefined) {
    const name = `.SIGN.RSA.${signer.keyName}`
    const body = textBody(await signer.sign(control))
    yield* gzip(tar([{ name, mode: 0o600, mtime: facts.mtime, body }], { end: false }))
  }
  yield control
  yield* data.content()
}

/** `1.2.3_rc1-r0`: apk's own version, as nFPM writes it. */
export function apkVersion({ version, prerelease, release, versionMetadata }: PackageFacts): string {
  const meta = /^(p|cvs|svn|git|hg)/.test(versionMetadata) ? versionMetadata : `p${versionMetadata}`
  return (
    version +
    (prerelease === '' ? '' : `_${prerelease}`) +
    (release === '' ? '' : `-${release.startsWith('r') ? release : `r${release}`}`) +
    (versionMetadata === '' ? '' : `-${meta}`)
  )
}

function dataEntries(entries: PackageEntry[]): TarEntry[] {
  return entries.flatMap(({ path, mode, mtime, owner, group, body }): TarEntry[] => {
    const common = { name: path.slice(1), mode, mtime, owner, group }
    if (body.type === 'ghost') return []
    if (body.type === 'directory') return [{ ...common, name: `${common.name}/`, body: { type: 'directory' } }]
    // apk keeps the digest of each file, and of the target of each link, in its database.
    const sha1 = body.type === 'file' ? body.digests.sha1 : createHash('sha1').update(body.target).digest('hex')
    return [{ ...common, body, records: { [CHECKSUM]: sha1 } }]
  })
}

const CHECKSUM = 'APK-TOOLS.checksum.SHA1'

function controlEntries(facts: ApkFacts, entries: PackageEntry[], dataHash: string): TarEntry[] {
  const { scripts } = facts
  const texts: [name: string, text: string | undefined][] = [
    ['.post-deinstall', scripts.postremove],
    ['.post-install', scripts.postinstall],
    ['.post-upgrade', scripts.postupgrade],
    ['.pre-deinstall', scripts.preremove],
    ['.pre-install', scripts.preinstall],
    ['.pre-upgrade', scripts.preupgrade],
  ]
  const info = pkgInfo(facts, entries, dataHash)
  return [
    { name: '.PKGINFO', mode: 0o600, mtime: facts.mtime, body: textBody(info) },
    ...texts.flatMap(([name, text]): TarEntry[] => {
      if (text === undefined) return []
      const sha1 = createHash('sha1').update(text).digest('hex')
      return [{ name, mode: 0o755, mtime: facts.mtime, body: textBody(text), records: { [CHECKSUM]: sha1 } }]
    }),
  ]
}

/** The `.PKGINFO` (wiki.alpinelinux.org/wiki/Apk_spec, "PKGINFO Format"). */
function pkgInfo(facts: ApkFacts, entries: PackageEntry[], dataHash: string): string {
  const lines: [name: string, value: string][] = [
    ['pkgname', facts.name],
    ['pkgver', apkVersion(facts)],
    ['arch', facts.arch],
    ['size', String(installedSize(entries))],
    ['pkgdesc', facts.description.trim().replaceAll('\n', '\n  ')],
    ['url', facts.homepage],
    ['maintainer', facts.maintainer],
    ...facts.replaces.map((one): [string, string] => ['replaces', one]),
    ...facts.provides.map((one): [string, string] => ['provides', one]),
    ...facts.depends.map((one): [string, string] => ['depend', one]),
    ['license', facts.license],
    ['datahash', dataHash],
  ]
  return lines
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}
