import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Artifact, ArtifactKind, ArtifactName } from '../../core/artifact.ts'
import type { Diagnostic } from '../../core/errors.ts'
import type { Task } from '../../core/events.ts'
import { MANIFEST_NAME } from '../../manifest/manifest.ts'
import type { Plan } from '../../plan/plan.ts'
import { provisionalManifest } from '../spokes.ts'
import type { ConfigPlaces } from '../places.ts'
import type { ReleaseAssets } from './assets.ts'
import { missingFiles } from './missing.ts'
import { openArchive } from './programs.ts'

/** What files are for that the plan cannot name before they exist. */
const BY_NAME: [RegExp, ArtifactKind][] = [
  [/\.(sig|asc|sigstore\.json|minisig)$/, 'signature'],
  [/\.(pem|crt)$/, 'certificate'],
  [/\.(sbom|spdx|cdx)(\.json)?$/, 'sbom'],
  [/^metadata\.json$/, 'metadata'],
]

/** The assets as a manifest tells them: what the plan says of each, and what was read in it. All problems at once. */
export async function adoptArtifacts(
  plan: Plan,
  assets: ReleaseAssets,
  { folder, places, task }: { folder: string; places: ConfigPlaces; task: Task },
): Promise<{ artifacts: Artifact[]; found: Diagnostic[] }> {
  const found = missingFiles(plan, assets, places)
  const planned = new Map(provisionalManifest(plan).artifacts.map((one) => [one.name, one]))
  const others = new Map<string, ArtifactName>(
    [
      ...(plan.packages ?? []),
      ...(plan.makeselfs ?? []),
      ...(plan.flatpaks ?? []),
      plan.srpm,
      plan.checksums,
      plan.sourceArchive,
    ].flatMap((one) => (one ? [[one.name, one]] : [])),
  )
  for (const name of Object.values(plan.checksums?.names ?? {})) others.set(name, { name, kind: 'checksums', id: '' })
  const artifacts: Artifact[] = []
  let opened = 0
  for (const name of assets.names) {
    if (name === MANIFEST_NAME) continue
    const facts = { size: assets.size(name), sha256: await assets.sha256(name) }
    const archive = planned.get(name)
    if (archive === undefined) {
      artifacts.push({ ...nameOf(name, others.get(name), found), ...facts, binaries: [] })
      continue
    }
    const own = join(folder, String(opened))
    await mkdir(own, { recursive: true, mode: 0o700 })
    const inside = await openArchive(await assets.file(name), archive, own)
    opened += 1
    task.progress(`${opened} of ${planned.size} opened`)
    for (const problem of inside.problems)
      found.push({
        severity: 'error',
        code: 'other-program',
        message: `${name}: ${problem}`,
        mend: 'release a new version',
      })
    const { files, binaries } = inside
    const wrapDirectory = archive.wrapDirectory === undefined ? {} : { wrapDirectory: inside.wrapDirectory }
    artifacts.push({ ...archive, ...facts, ...wrapDirectory, binaries, ...(files.length === 0 ? {} : { files }) })
  }
  task.note(`${artifacts.length} files, ${opened} opened`)
  return { artifacts, found }
}

function nameOf(name: string, planned: ArtifactName | undefined, found: Diagnostic[]): ArtifactName {
  if (planned !== undefined) {
    const { kind, id, platform, format } = planned
    return {
      name,
      kind,
      id,
      ...(platform === undefined ? {} : { platform }),
      ...(format === undefined ? {} : { format }),
    }
  }
  const kind = BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? 'file'
  if (kind === 'file')
    found.push({
      severity: 'info',
      code: 'unknown-asset',
      message: `${name} is in the release, but the config does not make it`,
    })
  return { name, kind, id: '' }
}
