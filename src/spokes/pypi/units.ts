import type { Artifact, BinaryInside } from '../../core/artifact.ts'
import { TagonceError } from '../../core/errors.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { wheelName } from '../../formats/wheel.ts'
import type { PlacedProgram } from '../shared/program-platforms.ts'
import type { Unit } from '../spoke.ts'
import { distributionName, normalName } from './name.ts'
import type { PypiPlatform } from './platforms.ts'
import type { PypiSettings } from './settings.ts'
import { headerProblem, platformTags } from './tags.ts'
import { isPrerelease } from './version.ts'

interface Common extends Unit {
  settings: PypiSettings
}

/** A wheel, or what `pip install NAME` gives. */
export type PypiUnit =
  | (Common & {
      role: 'wheel'
      /** Absent for the one wheel of mode download. */
      platform?: PypiPlatform
      /** Platform tags. */
      tags: string[]
      file: string
    })
  | (Common & { role: 'pointer'; pointer: string })

/** A wheel, as most of the spoke sees units. */
export type WheelUnit = PypiUnit & { role: 'wheel' }

/** The artifact and the binary of a program; both must be in the manifest. */
export function programIn(manifest: Manifest, program: PlacedProgram): { artifact: Artifact; binary: BinaryInside } {
  const artifact = manifest.artifacts.find((one) => one.name === program.artifact)
  const binary = artifact?.binaries.find(({ name }) => (name.split('/').at(-1) ?? name) === program.name)
  if (artifact === undefined || binary === undefined) {
    throw new TagonceError(
      'manifest',
      `the hub has no program ${program.name} in ${program.artifact}, which PyPI needs`,
      {
        hint: 'release again: all artifacts must be merged before the manifest is sealed',
      },
    )
  }
  return { artifact, binary }
}

/** The wheels, one per platform, then the pointer: PyPI itself says which version is the latest. */
export function unitsOf(manifest: Manifest, settings: PypiSettings): PypiUnit[] {
  const { name, version } = settings
  if (version === '') throw new TagonceError('spoke', `PyPI has no version like ${manifest.version} (PEP 440)`)
  const address = pageOf(settings)
  const prefix = settings.index.kind === 'pypi' ? 'pypi' : new URL(settings.index.upload).host
  const id = `${prefix}:${normalName(name)}@${version}`
  const common = { needs: [], settings, address: `${address}${settings.index.kind === 'other' ? '' : `${version}/`}` }
  const wheels = settings.mode === 'download' ? [anyWheel(settings)] : platformWheels(manifest, settings)
  const units = wheels.map((one): WheelUnit => ({
    ...common,
    ...one,
    id: `${id}/${one.platform?.word ?? 'any'}`,
    role: 'wheel',
  }))
  // A pre-release is nobody's latest, and only PyPI tells which version is.
  if (isPrerelease(version) || settings.index.kind === 'other') return units
  const needs = units.map((one) => one.id)
  return [
    ...units,
    { ...common, id: `${prefix}:${normalName(name)}@latest`, address, needs, role: 'pointer', pointer: 'latest' },
  ]
}

type Made = Pick<WheelUnit, 'tags' | 'file'> & { platform?: PypiPlatform }

function anyWheel(settings: PypiSettings): Made {
  const tags = ['any']
  return { tags, file: wheelName({ ...settings, distribution: distributionName(settings.name), platforms: tags }) }
}

/** No two wheels have a tag in common: the one that needs a C library of its own comes first, as pip would choose it. */
function platformWheels(manifest: Manifest, settings: PypiSettings): Made[] {
  const taken = new Set<string>()
  const distribution = distributionName(settings.name)
  return settings.platforms.flatMap((platform): Made[] => {
    const headers = platform.programs.flatMap((program) => {
      const { artifact, binary } = programIn(manifest, program)
      const problem = headerProblem(platform, binary.header)
      if (problem !== undefined) throw new TagonceError('spoke', `${binary.path} in ${artifact.name}: ${problem}`)
      return binary.header ?? []
    })
    const tags = platformTags(platform, headers).filter((tag) => !taken.has(tag))
    if (tags.length === 0) return []
    for (const tag of tags) taken.add(tag)
    return [{ platform, tags, file: wheelName({ distribution, version: settings.version, platforms: tags }) }]
  })
}

/** The page that users see. */
function pageOf({ name, index }: PypiSettings): string {
  return index.kind === 'other'
    ? `${index.simple}/${normalName(name)}/`
    : `${index.simple.replace(/simple$/, 'project')}/${normalName(name)}/`
}
