import type { ArtifactName } from '../../core/artifact.ts'
import type { Diagnostic } from '../../core/errors.ts'
import type { Plan } from '../../plan/plan.ts'
import type { ConfigPlaces } from '../places.ts'
import type { ReleaseAssets } from './assets.ts'

type Place = (string | number)[]

/**
 * Files that the config makes and the release lacks, each with its place: spokes take their bytes from the release and from nowhere else.
 * @example missingFiles(plan, assets, loaded) // [{ severity: 'error', code: 'missing-archive', where: { line: 12, … }, … }]
 */
export function missingFiles(plan: Plan, assets: Pick<ReleaseAssets, 'has'>, places: ConfigPlaces): Diagnostic[] {
  const { ids } = plan.hub
  const asked = (one: ArtifactName): boolean => !assets.has(one.name) && (ids.length === 0 || ids.includes(one.id))
  const lacking = (one: ArtifactName, at: Place, rest: Pick<Diagnostic, 'code' | 'mend'>, why: string): Diagnostic => {
    const where = places.positionOf(at)
    const target = one.platform === undefined ? '' : ` for ${one.platform.goos}/${one.platform.goarch}`
    const message = `the release has no ${one.name}${target}, ${why}`
    return { severity: 'error', ...rest, message, ...(where === undefined ? {} : { where }) }
  }
  const placeIn = (key: 'archives' | 'nfpms', id: string): Place => {
    const at = (places.config[key] ?? []).findIndex((one) => (one.id || 'default') === id)
    return at === -1 ? [key] : [key, at]
  }
  const made = 'which the config makes'
  const archive = {
    code: 'missing-archive',
    mend: 'take the target or the format out of the config, or release a new version',
  }
  const other = { code: 'missing-asset', mend: 'take it out of the config, or release a new version' }
  const own = {
    code: 'missing-program',
    mend:
      'let kos take the program of the build: `env: [CGO_ENABLED=0]` in the build, and no other flags, ldflags, env or main in kos; ' +
      'or pass over it with --skip=ko',
  }
  const source = plan.sourceArchive
  return [
    ...[...plan.archives, ...plan.uploads]
      .filter(asked)
      .map((one) => lacking(one, placeIn('archives', one.id), archive, made)),
    ...(plan.packages ?? []).filter(asked).map((one) => lacking(one, placeIn('nfpms', one.id), other, made)),
    ...(source === undefined || assets.has(source.name) ? [] : [lacking(source, ['source'], other, made)]),
    // Nobody chooses these by id, and images are made of nothing else.
    ...(plan.imagePrograms ?? [])
      .filter((one) => !assets.has(one.name))
      .map((one) => lacking(one, ['kos'], own, 'which kos builds apart for its image')),
  ]
}
