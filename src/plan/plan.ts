import type { ArtifactName } from '../core/artifact.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { Platform } from '../core/platform.ts'
import type { PlannedFlatpak, PlannedMakeself, PlannedSrpm } from '../packages/planned-bundles.ts'
import type { PlannedPackage } from '../packages/planned.ts'
import type { Source } from '../source/source.ts'
import type { PlannedExtraFile, PlannedFiles, PlannedTemplated } from './planned-files.ts'

export type { PlannedExtraFile, PlannedFiles, PlannedTemplated } from './planned-files.ts'

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
  /** What it is, where it is no program, or one for images only (`kos`). A header is in no plan: only the compiler knows whether there is one. */
  product?: 'c-archive' | 'c-shared' | 'header' | 'wheel' | 'sdist' | 'image'
  /** Folder of the build, where the command runs elsewhere. */
  projectDir?: string
  /** Where the tool leaves it, relative to the root: it is copied from there. */
  leftAt?: string
  /** Commands that come before all others of the target (`rustup target add …`). */
  prepare?: Command[]
  /** Targets of one build whose tool can't make several at once. */
  inTurn?: boolean
  /** A universal binary: those that it is made of, and whether it stands in for them (they are in no list then). */
  universal?: { parts: PlannedBinary[]; replaces: boolean }
  /** Commands that compress it, tried in turn; where the tool is missing that is a skip, no error. */
  upx?: Command[]
  /** Further facts for `artifacts.json`. */
  extra?: Record<string, string>
  hooks: { pre: Command[]; post: Command[] }
  /** Seconds since the epoch that its mtime is set to; absent = the commit's time. */
  modTimestamp?: number
}

/** The sources of the tagged commit, as an archive. */
export interface PlannedSourceArchive extends ArtifactName {
  kind: 'source'
  format: string
  /** Goes before every name in it: `hello-1.2.3/`. */
  prefix: string
  files: PlannedFiles[]
  templated: PlannedTemplated[]
}

/** A tool that signs (`signs`, `binary_signs`). Its texts are templates: they are rendered for each artifact. */
export interface PlannedSign {
  id: string
  /** Empty: gpg, or what git's `gpg.program` says. */
  cmd: string
  args: string[]
  artifacts: 'none' | 'all' | 'checksum' | 'source' | 'package' | 'archive' | 'binary' | 'sbom'
  /** Empty = all. */
  ids: string[]
  signature: string
  certificate: string
  env: string[]
  stdin?: string
  stdinFile: string
  output: string | boolean
  if?: string
  /** Where it stands in the config. */
  at: (string | number)[]
}

/** `notarize.macos`. Its texts are templates, which are rendered when it signs: they hold secrets. */
export interface PlannedNotarize {
  /** Of builds. */
  ids: string[]
  /** A path, or base64; so is `key`. */
  certificate: string
  password: string
  /** A path. */
  entitlements: string
  issuer: string
  keyId: string
  key: string
  /** Milliseconds. */
  timeout: number
  wait: boolean
  at: (string | number)[]
}

/** A list of what is inside (`sboms`), made by a tool. */
export interface PlannedSbom {
  id: string
  cmd: string
  args: string[]
  artifacts: 'source' | 'package' | 'archive' | 'binary' | 'any'
  ids: string[]
  documents: string[]
  env: string[]
  at: (string | number)[]
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
  templated?: PlannedTemplated[]
  hooks?: { before: Command[]; after: Command[] }
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
  /** The category of the discussion that GitHub opens for the release. */
  discussion?: string
  /** The tag is a nightly's, and goes where this commit is; `replace`: its release before is taken away. */
  moving?: { replace: boolean }
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
  /** Passed over in this run only (`--skip`): the manifest does not say so, and a later run publishes it. */
  thisRun?: true
  units: { id: string; address: string; needs: string[]; pointer?: string }[]
  /** Where it stands in the config. */
  at: (string | number)[]
}

interface PlannedChecksums {
  algorithm: string
  split: boolean
  /** Archive ids that are covered; empty = all. */
  ids: string[]
  names?: Record<string, string>
  /** Files that are covered, but not part of the release. */
  extraFiles?: PlannedExtraFile[]
}

/** A module of its own that takes the program from the Go module proxy, made before the builds. */
export interface ProxyModule {
  /** Relative to the root: `dist/proxy/hello`. */
  dir: string
  /** Text of its go.mod. */
  goMod: string
  /** `go get module@tag` in it. */
  command: Command
}

/** config × source: everything that will happen, as data. Nothing has run yet. */
export interface Plan {
  project: string
  version: string
  source: Source
  /** `dist` folder, relative to the root. */
  dist: string
  before: Command[]
  /** Pro's `after`: when all is done. */
  after?: Command[]
  /** `gomod.proxy`: absent where the files of this folder are built. */
  proxies?: ProxyModule[]
  binaries: PlannedBinary[]
  archives: PlannedArchive[]
  /** Bare binaries that are uploaded as they are (`formats: [binary]`); `path` is the binary's. */
  uploads: (ArtifactName & { path: string })[]
  /** Programs for images that are in no other file of the release (`kos`): images take theirs from the hub. */
  imagePrograms?: (ArtifactName & { path: string })[]
  /** Linux packages (`nfpms`). */
  packages?: PlannedPackage[]
  srpm?: PlannedSrpm
  makeselfs?: PlannedMakeself[]
  flatpaks?: PlannedFlatpak[]
  /** Where `split` is true there is one file for each artifact: `names` has them by the artifact's name, and `name` is empty. */
  checksums: (ArtifactName & PlannedChecksums) | null
  /** The template of a split checksum file's name, for files that the plan does not know. */
  checksumTemplate?: string
  /** Header and footer as templates, where their checksums are a map (`checksum.split`). */
  bodyTemplates?: { header: string; footer: string }
  sourceArchive?: PlannedSourceArchive
  sboms?: PlannedSbom[]
  signs?: PlannedSign[]
  binarySigns?: PlannedSign[]
  notarize?: PlannedNotarize[]
  /** Uploaded, but neither covered by checksums nor signed (`release.extra_files`). */
  extraFiles?: PlannedExtraFile[]
  /** `metadata.json` is uploaded as well. */
  includeMeta?: boolean
  reportSizes?: boolean
  /** Seconds since the epoch that the mtime of `dist`'s own files is set to (`metadata.mod_timestamp`). */
  modTimestamp?: number
  hub: HubSettings
  spokes: PlannedSpoke[]
  diagnostics: Diagnostic[]
}
