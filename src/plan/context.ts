import { basename } from 'node:path/posix'
import { type Platform, variantOf } from '../core/platform.ts'
import type { Source } from '../source/source.ts'
import { uint64 } from '../template/template.ts'

/** What templates may name beside what git says. */
export interface TemplateFacts {
  project: string
  /** The version, in a snapshot too. */
  version: string
  env: Record<string, string>
  modulePath: string
  releaseUrl: string
  draft: boolean
  singleTarget: boolean
  /** Pro's `variables`. */
  variables?: Record<string, unknown>
  /** Of this machine, in Go's words. */
  runtime: { goos: string; goarch: string }
}

export type TemplateData = Record<string, unknown>

/**
 * The fields that every template may use, by GoReleaser's names. `.Date`, `.Now` and `.Timestamp` are the time of the
 * commit: the same commit gives the same bytes.
 * @example templateData(source, facts).Version // '1.2.3'
 */
export function templateData(source: Source, facts: TemplateFacts, now: unknown): TemplateData {
  const { major, minor, patch, prerelease } = source.semver
  const prefix = source.tagPrefix ?? ''
  const bare = (text: string): string => (text.startsWith(prefix) ? text.slice(prefix.length) : text)
  const nightly = source.nightly === true
  return {
    ProjectName: facts.project,
    ModulePath: facts.modulePath,
    Version: facts.version,
    RawVersion: `${major}.${minor}.${patch}`,
    Summary: bare(source.summary),
    Tag: bare(source.tag),
    PreviousTag: bare(source.previousTag),
    PrefixedSummary: source.summary,
    PrefixedTag: source.tag,
    PrefixedPreviousTag: source.previousTag,
    Branch: source.branch,
    Commit: source.commit,
    ShortCommit: source.shortCommit,
    FullCommit: source.commit,
    CommitDate: source.commitDate,
    CommitTimestamp: Date.parse(source.commitDate) / 1000,
    GitURL: source.url,
    IsGitDirty: source.dirty,
    IsGitClean: !source.dirty,
    GitTreeState: source.dirty ? 'dirty' : 'clean',
    Env: facts.env,
    Date: new Date(source.commitTimestamp * 1000).toISOString().replace('.000Z', 'Z'),
    Timestamp: source.commitTimestamp,
    Now: now,
    Major: uint64(major),
    Minor: uint64(minor),
    Patch: uint64(patch),
    Prerelease: prerelease,
    IsSnapshot: source.snapshot,
    IsSingleTarget: facts.singleTarget,
    IsNightly: nightly,
    IsRelease: !nightly && !source.snapshot,
    IsMerging: false,
    Var: facts.variables ?? {},
    IsDraft: facts.draft,
    ReleaseNotes: '',
    ReleaseURL: facts.releaseUrl,
    TagSubject: source.tagSubject,
    TagContents: source.tagContents,
    TagBody: source.tagBody,
    Runtime: { Goos: facts.runtime.goos, Goarch: facts.runtime.goarch },
  }
}

type PlatformFields = Record<
  'Os' | 'Arch' | 'Amd64' | 'I386' | 'Arm' | 'Arm64' | 'Mips' | 'Ppc64' | 'Riscv64' | 'Target',
  string
>

/** The fields of a target; all empty for what has none. */
export function platformData(platform: Platform | undefined): PlatformFields {
  return {
    Os: platform?.goos ?? '',
    Arch: platform?.goarch ?? '',
    Amd64: platform?.goamd64 ?? '',
    I386: platform?.go386 ?? '',
    Arm: platform?.goarm ?? '',
    Arm64: platform?.goarm64 ?? '',
    Mips: platform?.gomips ?? '',
    Ppc64: platform?.goppc64 ?? '',
    Riscv64: platform?.goriscv64 ?? '',
    Target: platform?.target ?? '',
  }
}

/** What a file is called; `name` with folders and extension, `path` absolute or as it stands in the plan. */
export interface FileFacts {
  name: string
  ext: string
  path: string
}

/** The fields of a binary while its build is planned: for hooks, env, tool. */
export function buildData(platform: Platform, file: FileFacts): TemplateData {
  return { ...platformData(platform), Name: file.name, Ext: file.ext, Path: file.path }
}

/** Target of a universal binary: a word for its hooks and its folder, which GoReleaser's archives do not know. */
export const UNIVERSAL = 'darwin_all'

/** The fields of a binary as an artifact: for flags and for names of archives. */
export function artifactData(platform: Platform, file: FileFacts): TemplateData {
  const base = basename(file.name)
  const binary = file.ext !== '' && base.endsWith(file.ext) ? base.slice(0, -file.ext.length) : base
  const artifact = { ArtifactName: file.name, ArtifactExt: file.ext, ArtifactPath: file.path }
  const fields = platformData(platform)
  return { ...fields, Target: platform.target === UNIVERSAL ? '' : platform.target, Binary: binary, ...artifact }
}

/** Platforms that differ in nothing an archive is named by share one; the rule is GoReleaser's. */
export function platformKeys(platforms: Platform[]): (platform: Platform) => string {
  const several = (['goamd64', 'gomips', 'goarm', 'abi'] as const).some(
    (key) => new Set(platforms.map((one) => one[key] ?? '').filter((one) => one !== '')).size > 1,
  )
  return (one) => {
    const plain = `${one.goos}/${one.goarch}`
    return several ? `${plain}/${one.abi ?? ''}${one.goarm ?? ''}${one.gomips ?? ''}${one.goamd64 ?? ''}` : plain
  }
}

/** This machine in Go's words. */
export function machine(): { goos: string; goarch: string } {
  const systems: Record<string, string> = { win32: 'windows', sunos: 'solaris' }
  const arches: Record<string, string> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le', loong64: 'loong64' }
  return {
    goos: systems[process.platform] ?? process.platform,
    goarch: arches[process.arch] ?? process.arch,
  }
}

/** A platform in a few letters, for messages: `linux/arm 7`. */
export function platformWords(platform: Platform): string {
  return `${platform.goos}/${platform.goarch} ${variantOf(platform)}`.trim()
}
