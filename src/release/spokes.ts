import type { Artifact, BinaryInside } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import { type Manifest, MANIFEST_SCHEMA } from '../manifest/manifest.ts'
import type { Plan, PlannedSpoke } from '../plan/plan.ts'
import type { SpokeConfig } from '../plan/spoke-config.ts'
import { spokes } from '../spokes/registry.ts'
import type { AnySpoke } from '../spokes/spoke.ts'
import { VERSION } from '../version.ts'

/** A spoke of the registry, by name. */
export function spokeNamed(name: string): AnySpoke {
  const found = spokes.find((spoke) => spoke.name === name)
  if (found === undefined) {
    const known = spokes.map((spoke) => spoke.name).join(', ')
    throw new TagonceError('usage', `there is no spoke ${name}`, { hint: `known are ${known}` })
  }
  return found
}

/** Resolves every spoke's entries, and names their units as they will be, before anything is built. */
export function planSpokes(config: SpokeConfig, skip: ReadonlySet<string>): PlannedSpoke[] {
  const manifest = provisionalManifest(config.plan)
  return spokes.flatMap((spoke) => {
    const snapshot = config.plan.source.snapshot && spoke.snapshot !== undefined
    const asked = skip.has(spoke.name) || snapshot ? config.aside?.() : undefined
    const entries = spoke.settings(asked?.config ?? config)
    // A snapshot is of use without its images; but a template that fails is a fault of the config, as with GoReleaser.
    if (snapshot && !skip.has(spoke.name))
      for (const one of asked?.found ?? [])
        config.problem(one.severity === 'error' && one.code !== 'template' ? { ...one, severity: 'warning' } : one)
    // What could not be resolved can't be sealed for a later run either.
    const whole = asked?.found.every((one) => one.severity !== 'error') ?? true
    return entries.map(({ entry, settings, skip: own, at }) => {
      const never = own ?? nightlyOnly(config, spoke)
      const passed = never === undefined && skip.has(spoke.name)
      const reason = passed ? `--skip ${spoke.name}` : never
      const units = reason === undefined ? unitsOf(spoke, manifest, settings) : []
      return {
        spoke: spoke.name,
        entry,
        settings,
        units,
        at,
        ...(reason === undefined ? {} : { skip: reason }),
        ...(passed && whole ? { thisRun: true as const } : {}),
      }
    })
  })
}

/** Places that keep every build under a name of its own. Whoever installs with a package manager wants releases. */
const NIGHTLY = new Set(['docker', 'ko', 'docker_signs', 'blobs', 'uploads', 'artifactories', 'publishers'])

function nightlyOnly({ plan }: SpokeConfig, { name }: AnySpoke): string | undefined {
  return plan.source.nightly === true && !NIGHTLY.has(name) ? 'a nightly build: only releases go there' : undefined
}

function unitsOf(spoke: AnySpoke, manifest: Manifest, settings: unknown): PlannedSpoke['units'] {
  try {
    return spoke
      .units(manifest, settings)
      .map(({ id, address, needs, pointer }) => ({ id, address, needs, ...(pointer === undefined ? {} : { pointer }) }))
  } catch (error) {
    // What is wrong is said by the spoke's own check, with its place.
    if (error instanceof TagonceError) return []
    throw error
  }
}

const NO_DIGEST = '0'.repeat(64)

/**
 * The manifest as far as it is known before anything is built: names and targets are right, digests and sizes are not.
 * Only good for naming units; it is never stored.
 */
export function provisionalManifest(plan: Omit<Plan, 'spokes'>): Manifest {
  const inside = (path: string, wrap: string, flat: boolean): BinaryInside | undefined => {
    const binary = plan.binaries.find((one) => one.path === path)
    if (binary === undefined) return undefined
    const file = `${flat ? (binary.name.split('/').at(-1) ?? binary.name) : binary.name}${binary.ext}`
    return { name: binary.name, path: wrap === '' ? file : `${wrap}/${file}`, mode: '0755', size: 0, sha256: NO_DIGEST }
  }
  const archives = plan.archives.map(
    ({ name, kind, id, platform, format, wrapDirectory, binaries, stripBinaryDirectory }) => ({
      name,
      kind,
      id,
      format,
      wrapDirectory,
      size: 0,
      sha256: NO_DIGEST,
      binaries: binaries.flatMap((path) => inside(path, wrapDirectory, stripBinaryDirectory) ?? []),
      ...(platform === undefined ? {} : { platform }),
    }),
  )
  const uploads = [...plan.uploads, ...(plan.imagePrograms ?? [])].map(({ path, ...artifact }) => {
    const binary = inside(path, '', true)
    return {
      ...artifact,
      size: 0,
      sha256: NO_DIGEST,
      binaries: binary === undefined ? [] : [{ ...binary, path: artifact.name }],
    }
  })
  const artifacts: Artifact[] = [...archives, ...uploads].sort((a, b) => (a.name < b.name ? -1 : 1))
  const { kind, owner, repo, download, api, upload, prerelease } = plan.hub
  return {
    $schema: '',
    schema: MANIFEST_SCHEMA,
    project: plan.project,
    tag: plan.source.tag,
    version: plan.version,
    previousTag: plan.source.previousTag,
    commit: plan.source.commit,
    date: plan.source.commitDate,
    prerelease,
    tool: { name: 'tagonce', version: VERSION },
    hub: { kind, owner, repo, download, api, upload },
    notes: '',
    artifacts,
    spokes: [],
  }
}
