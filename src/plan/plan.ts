import type { ArtifactName } from '../core/artifact.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { Platform } from '../core/platform.ts'
import type { Source } from '../source/source.ts'

/** A command to run: an argument vector, never a shell string. */
export interface Command {
  argv: string[]
  /** Relative to the root of the project. */
  dir: string
  /** Added to the environment; `KEY=value`. */
  env: string[]
  /** Show its output even when it succeeds. */
  output?: boolean
}

/** One binary to be built: a build entry × a target × a main package. */
export interface PlannedBinary {
  /** `builds[].id`. */
  id: string
  builder: 'go' | 'prebuilt' | (string & {})
  /** Without extension. */
  name: string
  /** `.exe`, `.wasm`, `.so` … or empty. */
  ext: string
  platform: Platform
  /** Where it will lie, relative to the root: `dist/hello_linux_amd64_v1/hello`. */
  path: string
  /**
   * The command that makes it; absent for prebuilt. Binaries of one build and target with the same command
   * (`main: ./...`) are made by one run of it.
   */
  command?: Command
  /** Go: the main package or file (relative to the root) that must have a `func main`; absent where that is not checked. */
  main?: string
  /** Where a prebuilt binary lies, relative to the root. */
  prebuiltPath?: string
  hooks: { pre: Command[]; post: Command[] }
  /** Seconds since the epoch that its mtime is set to; absent = the commit's time. */
  modTimestamp?: number
}

/** Files that go into an archive beside the binaries; globs are relative to the root. */
export interface PlannedFiles {
  src: string
  dst: string
  stripParent: boolean
  /** No complaint where nothing matches (GoReleaser's own default files). */
  optional: boolean
  info: { owner: string; group: string; mode?: number; mtime?: number }
}

/** One archive to be packed. */
export interface PlannedArchive extends ArtifactName {
  kind: 'archive'
  format: string
  /** Absent for an archive without binaries (`meta`). */
  platform?: Platform
  wrapDirectory: string
  stripBinaryDirectory: boolean
  files: PlannedFiles[]
  /** `PlannedBinary.path` of each binary inside. */
  binaries: string[]
  /** Owner, group and time of the binaries inside (`builds_info`); their mode is 0755 whatever it says, as with GoReleaser. */
  binariesInfo?: PlannedFiles['info']
}

/** Stands in a header or footer where the checksums go (`.Checksums`), which are not known before the files are. */
export const CHECKSUMS_MARK = '\u{E000}checksums\u{E000}'

/** Where the hub is and how its release looks. No secret among them. */
export interface HubSettings {
  kind: 'github'
  owner: string
  repo: string
  /** Public addresses, without a trailing slash: `https://github.com`, `https://api.github.com`, `https://uploads.github.com`. */
  download: string
  api: string
  upload: string
  title: string
  draft: boolean
  prerelease: boolean
  /** `auto` lets the newest version win. */
  makeLatest: 'true' | 'false' | 'auto'
  mode: 'keep-existing' | 'append' | 'prepend' | 'replace'
  targetCommitish: string
  /** Rendered; may hold `CHECKSUMS_MARK`. */
  header: string
  footer: string
  /** Archive ids that are uploaded; empty = all. */
  ids: string[]
  disabled: string | null
  skipUpload: boolean
  /** Name of the variable that holds the token. */
  tokenEnv: string
}

/** A spoke's entry, resolved: rendered texts, no template, no secret. Sealed into the manifest as it is. */
export interface PlannedSpoke {
  /** Name in the registry of spokes. */
  spoke: string
  /** Distinguishes two entries of one spoke: the package's name. */
  entry: string
  settings: unknown
  /** Why it will not be published, when it will not (`skip_upload`, `--skip`). */
  skip?: string
  units: { id: string; address: string; needs: string[]; pointer?: string }[]
}

interface PlannedChecksums {
  algorithm: string
  split: boolean
  /** Archive ids that are covered; empty = all. */
  ids: string[]
  names?: Record<string, string>
}

/** config × source: everything that will happen, as data. Nothing has run yet. */
export interface Plan {
  project: string
  version: string
  source: Source
  /** `dist` folder, relative to the root. */
  dist: string
  before: Command[]
  binaries: PlannedBinary[]
  archives: PlannedArchive[]
  /** Bare binaries that are uploaded as they are (`formats: [binary]`); `path` is the binary's. */
  uploads: (ArtifactName & { path: string })[]
  /** Where `split` is true there is one file for each artifact: `names` has them by the artifact's name, and `name` is empty. */
  checksums: (ArtifactName & PlannedChecksums) | null
  hub: HubSettings
  spokes: PlannedSpoke[]
  diagnostics: Diagnostic[]
}
