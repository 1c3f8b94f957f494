import { createHash } from 'node:crypto'

/** Digests of a file, lower-case hex. Each format of packages wants others, and most want them before the bytes. */
export interface FileDigests {
  md5: string
  sha1: string
  sha256: string
}

/** A file of a Linux package, on the system that installs it. */
export interface PackageEntry {
  /** Absolute and clean, without a slash at the end: `/usr/bin/hello`. */
  path: string
  /** Permission bits with setuid, setgid and sticky: `0o4755`. */
  mode: number
  /** Seconds since the epoch. */
  mtime: number
  owner: string
  group: string
  /** What it is to the package manager; a `config` file of the user's is kept when the package is upgraded. */
  role?: 'config' | 'config|noreplace' | 'config|missingok' | 'doc' | 'license' | 'readme' | 'spec'
  body:
    | { type: 'file'; size: number; digests: FileDigests; content: () => AsyncIterable<Uint8Array> }
    | { type: 'symlink'; target: string }
    /** Implicit: nobody asked for it, it is the folder of something else. */
    | { type: 'directory'; implicit: boolean }
    /** A file that the package owns, but does not bring (rpm only). */
    | { type: 'ghost' }
}

/** What every format says of a package. Texts are as in the config; each format writes them in its own way. */
export interface PackageFacts {
  name: string
  /** `1.2.3`, without what follows it. */
  version: string
  /** `rc.1`; empty when there is none. */
  prerelease: string
  /** `git.abc`; what follows the plus of a semantic version. */
  versionMetadata: string
  release: string
  epoch: string
  /** In the words of the format: `x86_64`, `armhf`. */
  arch: string
  /** `linux`, but for those who package for others. */
  platform: string
  section: string
  priority: string
  maintainer: string
  description: string
  vendor: string
  homepage: string
  license: string
  depends: string[]
  recommends: string[]
  suggests: string[]
  conflicts: string[]
  replaces: string[]
  provides: string[]
  /** The time of everything in the package that has no other. Seconds since the epoch. */
  mtime: number
}

/** Texts of scripts by the moment that they are run at; absent = none. */
export interface PackageScripts {
  preinstall?: string
  postinstall?: string
  preremove?: string
  postremove?: string
}

/** The size of all files, in bytes. */
export function installedSize(entries: PackageEntry[]): number {
  return entries.reduce((sum, { body }) => sum + (body.type === 'file' ? body.size : 0), 0)
}

/** Whether a file is the user's to change. */
export function isConfig({ role }: PackageEntry): boolean {
  return role === 'config' || role === 'config|noreplace' || role === 'config|missingok'
}

/** A text as the content of a file. */
export function textBody(text: string | Uint8Array): {
  type: 'file'
  size: number
  content: () => AsyncIterable<Uint8Array>
} {
  const bytes = Buffer.from(text)
  return {
    type: 'file',
    size: bytes.length,
    async *content() {
      yield bytes
    },
  }
}

/** The digests of a text. */
export function digestsOfText(text: string | Uint8Array): FileDigests {
  const hex = (algorithm: string): string => createHash(algorithm).update(text).digest('hex')
  return { md5: hex('md5'), sha1: hex('sha1'), sha256: hex('sha256') }
}

/** All bytes of a source, for what is small. */
export async function wholeOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = []
  // A chunk may live in a buffer that is filled again.
  for await (const chunk of source) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}
