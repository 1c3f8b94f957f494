import { z } from 'zod'
import type { Loaded } from '../config/load.ts'
import type { Artifact } from '../core/artifact.ts'
import { type Diagnostic, TagonceError, throwIfErrors } from '../core/errors.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { artifactSchema } from '../manifest/schema.ts'
import type { ProjectFiles } from '../plan/go-source.ts'
import { planAndRenderer } from '../plan/make.ts'
import type { Plan, PlannedArchive, PlannedBinary } from '../plan/plan.ts'
import type { SpokeConfig } from '../plan/spoke-config.ts'
import { provisionalManifest } from '../release/spokes.ts'
import type { Source } from '../source/source.ts'
import { parseVersion } from '../source/version.ts'
import { spokes } from '../spokes/registry.ts'
import { nothingToRead } from './render-files.ts'

/** What git would say of the release; only the tag is needed. */
export const renderContext = z.strictObject({
  tag: z.string().min(1),
  /** The tag without its `v` when absent. */
  version: z.string().optional(),
  previousTag: z.string().default(''),
  branch: z.string().default('main'),
  commit: z.string().default('0000000000000000000000000000000000000000'),
  /** ISO 8601; the time of the commit, and of everything. */
  date: z.string().default('1970-01-01T00:00:00Z'),
  /** The remote: where the hub is, when the config does not say it. */
  url: z.string().default(''),
  summary: z.string().default(''),
  tagSubject: z.string().default(''),
  tagContents: z.string().default(''),
  tagBody: z.string().default(''),
  snapshot: z.boolean().default(false),
  /** For `{{ .Env.NAME }}`. */
  env: z.record(z.string(), z.string()).default({}),
  /** The release notes: `.Changelog`. */
  notes: z.string().default(''),
})

export type RenderContext = z.input<typeof renderContext>

/** The artifacts of a release; a whole manifest (`tagonce.json`) is taken, too. */
export const renderArtifacts = z
  .union([z.array(artifactSchema), z.looseObject({ artifacts: z.array(artifactSchema) })])
  .transform((one): Artifact[] => (Array.isArray(one) ? one : one.artifacts))

export interface RenderOptions {
  config: Loaded
  context: RenderContext
  artifacts: Artifact[]
  /** What templates may read of the project; nothing when absent. */
  files?: ProjectFiles
}

export interface RenderedFile {
  /** Where GoReleaser writes it, below its `dist`. */
  path: string
  content: string
}

/**
 * The texts of every package manager that the config names: formulas, casks, manifests, PKGBUILDs, nuspecs, snap.yaml.
 * Pure: nothing is built or asked. But for the line that names the tool, they are GoReleaser's own for the same input;
 * also those of entries that are not published are given (`skip_upload`). Throws `plan` with all that is wrong.
 * @example
 * const files = renderManifests({ config: await readConfig('.'), context: { tag: 'v1.2.3' }, artifacts })
 * // [{ path: 'homebrew/hello.rb', content: '# typed: false …' }, …]
 */
export function renderManifests({ config, context, artifacts, files = nothingToRead }: RenderOptions): RenderedFile[] {
  const known = renderContext.parse(context)
  const source = sourceOf(known)
  let before: Diagnostic[] = []
  const out: RenderedFile[] = []
  const { plan } = planAndRenderer(config, source, {
    root: '/',
    env: known.env,
    files,
    skip: new Set(['publish']),
    planSpokes(spokeConfig) {
      before = [...spokeConfig.plan.diagnostics]
      const own = { ...spokeConfig, plan: { ...spokeConfig.plan, ...made(spokeConfig.plan, artifacts) } }
      out.push(...textsOf(own, manifestOf(own.plan, artifacts, known.notes)))
      return []
    },
  })
  // What the plan says of builds and archives is of no matter here.
  const found = plan.diagnostics.filter((one) => !before.includes(one))
  throwIfErrors('plan', 'the texts can not be rendered', found)
  return out
}

function textsOf(config: SpokeConfig, manifest: Manifest): RenderedFile[] {
  return spokes.flatMap((spoke) =>
    spoke.settings(config).flatMap(({ settings }) =>
      spoke
        .units(manifest, settings)
        .flatMap((unit) => unit.files ?? [])
        .map(({ path, content, dist }: { path: string; content: string; dist?: string }) => ({
          path: dist ?? path,
          content,
        })),
    ),
  )
}

function sourceOf(known: z.output<typeof renderContext>): Source {
  const bare = known.tag.replace(/^v/, '')
  const semver = parseVersion(known.tag)
  const time = Date.parse(known.date)
  if (Number.isNaN(time))
    throw new TagonceError('usage', `${JSON.stringify(known.date)} is no time`, { hint: 'write 2026-01-02T03:04:05Z' })
  const { previousTag, branch, commit, url, summary, tagSubject, tagContents, tagBody, snapshot } = known
  return {
    tag: known.tag,
    version: known.version ?? bare,
    rawVersion: bare,
    previousTag,
    branch,
    commit,
    shortCommit: commit.slice(0, 7),
    commitDate: new Date(time).toISOString().replace('.000Z', 'Z'),
    commitTimestamp: Math.floor(time / 1000),
    firstCommit: commit,
    summary,
    tagSubject,
    tagContents,
    tagBody,
    url,
    dirty: false,
    changes: [],
    // A snapshot's version comes from a template; here it is given.
    snapshot: snapshot && known.version === undefined,
    semver: semver ?? { major: 0, minor: 0, patch: 0, prerelease: '', metadata: '' },
    semverValid: semver !== undefined,
  }
}

/** The given artifacts in the place of what the plan would make. */
function made(plan: Omit<Plan, 'spokes'>, artifacts: Artifact[]): Pick<Plan, 'archives' | 'uploads' | 'binaries'> {
  const binaries: PlannedBinary[] = []
  const pathsOf = (artifact: Artifact): string[] =>
    artifact.binaries.map((inside) => {
      const planned = plan.binaries.find(
        (one) => one.platform.target === artifact.platform?.target && one.name === inside.name,
      )
      const own = planned ?? binaryOf(artifact, inside, plan.dist)
      if (!binaries.some((one) => one.path === own.path)) binaries.push(own)
      return own.path
    })
  const archives = artifacts
    .filter((one) => one.kind === 'archive')
    .map((one): PlannedArchive => ({
      ...one,
      kind: 'archive',
      format: one.format ?? '',
      wrapDirectory: one.wrapDirectory ?? '',
      stripBinaryDirectory: false,
      files: plan.archives.find((other) => other.name === one.name)?.files ?? [],
      binaries: pathsOf(one),
    }))
  const uploads = artifacts
    .filter((one) => one.kind === 'binary')
    .map((one) => ({ ...one, path: pathsOf(one)[0] ?? one.name }))
  return { archives, uploads, binaries }
}

/** A program that the config plans nowhere: by its archive's id. */
function binaryOf(artifact: Artifact, inside: Artifact['binaries'][number], dist: string): PlannedBinary {
  const platform = artifact.platform ?? { goos: '', goarch: '', target: '' }
  const file = inside.path.split('/').at(-1) ?? inside.path
  const ext = file.startsWith(inside.name) ? file.slice(inside.name.length) : ''
  return {
    id: artifact.id,
    builder: 'prebuilt',
    name: inside.name,
    ext,
    platform,
    path: `${dist}/${artifact.id}_${platform.target}/${file}`,
    hooks: { pre: [], post: [] },
  }
}

function manifestOf(plan: Omit<Plan, 'spokes'>, artifacts: Artifact[], notes: string): Manifest {
  const sorted = artifacts.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return { ...provisionalManifest(plan), notes, artifacts: sorted }
}
