import type { Platform } from './platform.ts'

/** What kind of file the release makes; the words are those of the manifest. */
export type ArtifactKind =
  | 'binary'
  | 'archive'
  | 'checksums'
  | 'source'
  | 'package'
  | 'srpm'
  | 'makeself'
  | 'flatpak'
  | 'sbom'
  | 'signature'
  | 'certificate'
  | 'metadata'
  | 'manifest'
  | 'file'

/** A program inside an archive, or alone. */
export interface BinaryInside {
  /** The program's name without extension: what a user types. */
  name: string
  /** Path inside the archive with forward slashes: `hello_1.0.0/hello.exe`; the artifact's own name for a bare binary. */
  path: string
  /** Permission bits, octal as a string: `0755`. */
  mode: string
  size: number
  sha256: string
  /** What its header says; absent where the header could not be read. */
  header?: BinaryHeader
}

/** Facts read from the ELF, Mach-O or PE header of a program. */
export interface BinaryHeader {
  format: 'elf' | 'macho' | 'pe'
  /** In Go's words: amd64, arm64, 386, arm, … or `all` for a universal Mach-O. */
  arch: string
  /** `static`: runs on any libc. */
  linkage: 'static' | 'dynamic'
  /** ELF: the loader it asks for, e.g. `/lib64/ld-linux-x86-64.so.2`. */
  interpreter?: string
  /** ELF: highest glibc symbol version it needs, e.g. `2.17`. */
  glibc?: string
  /** Shared libraries it names (DT_NEEDED, LC_LOAD_DYLIB, PE imports). */
  libraries: string[]
  /** Mach-O: lowest macOS it runs on, e.g. `12.0`. */
  minos?: string
}

/** A file the release makes, known by name before it exists. */
export interface ArtifactName {
  /** Unique in the release: the name of the asset. */
  name: string
  kind: ArtifactKind
  /** The id of the config entry that makes it (`builds[].id` for a binary, `archives[].id` for an archive). */
  id: string
  platform?: Platform
  /** `tar.gz`, `zip`, `binary`, … */
  format?: string
  /** The folder inside the archive that holds everything; empty when there is none. */
  wrapDirectory?: string
}

/** An artifact that exists, with its digest. */
export interface Artifact extends ArtifactName {
  size: number
  sha256: string
  binaries: BinaryInside[]
  /** Paths inside an archive, below its wrap directory, of what is no program: licences, manual pages, … */
  files?: string[]
}
