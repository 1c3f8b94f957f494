import { compareBuild, prerelease } from 'semver'
import { TagonceError } from '../../core/errors.ts'
import type { Observation, State } from '../../core/states.ts'
import type { Packument } from '../../external/npm-registry.ts'
import { saw } from '../shared/evidence.ts'
import type { ChannelIO, RetractStep } from '../spoke.ts'
import { refused, writer } from './registry.ts'
import type { NpmSettings } from './settings.ts'
import type { NpmUnit } from './units.ts'

/** A step that can be carried out without the manifest. */
export interface NpmRetractStep extends RetractStep {
  action: 'move-tag' | 'deprecate' | 'unpublish'
  name: string
  version: string
  tag: string
  access: NpmSettings['access']
  tokenEnv: string
  /** A workflow may publish only: what is taken back is taken back with a maintainer's token. */
  trusted: false
}

/**
 * How a version is taken back: the tag goes to the version before, and installs warn. Unpublishing is final: the
 * version is burnt, and the registry allows it freely for 72 hours only (https://docs.npmjs.com/policies/unpublish).
 */
export function retractPlan(unit: NpmUnit, seen: Observation): NpmRetractStep[] {
  if (seen.state !== 'live' && seen.state !== 'mismatch') return []
  const { name, version, settings } = unit
  const common = {
    unit: unit.id,
    name,
    version,
    tag: settings.tag,
    access: settings.access,
    tokenEnv: settings.tokenEnv,
    trusted: false as const,
  }
  if (unit.role === 'pointer') {
    return [
      {
        ...common,
        action: 'move-tag',
        what: `point ${settings.tag} of ${name} at the version before ${version}`,
        final: false,
      },
    ]
  }
  return [
    {
      ...common,
      action: 'deprecate',
      what: `deprecate ${name}@${version}: installs go on, with a warning`,
      final: false,
    },
    {
      ...common,
      action: 'unpublish',
      what: `unpublish ${name}@${version}, within 72 hours: installs fail, and the version can never be used again`,
      final: true,
    },
  ]
}

export async function retractAct(step: NpmRetractStep, io: ChannelIO): Promise<Observation> {
  const registry = writer(step, io)
  const { name, version } = step
  const read = await registry.packument(name, true)
  if (read.body === undefined) throw refused(`reading ${name}`, read, step)
  const doc = read.body
  const observed = (shown: State, what: string): Observation => saw(io, shown, what, read.url)
  if (step.action === 'move-tag') {
    if (doc['dist-tags']?.[step.tag] !== version)
      return observed('superseded', `${step.tag} is ${doc['dist-tags']?.[step.tag] ?? 'nowhere'}`)
    const before = versionBefore(doc, version, step.tag)
    if (before === undefined)
      throw new TagonceError('spoke', `${name} has no other version that ${step.tag} could point at`)
    const moved = await registry.setDistTag(name, step.tag, before)
    if (moved.status >= 300) throw refused(`moving ${step.tag} of ${name} to ${before}`, moved, step)
    return observed('retracted', `${step.tag} is ${before}`)
  }
  const listed = doc.versions?.[version]
  if (listed === undefined) return observed('absent', `packument does not list ${version}`)
  if (step.action === 'deprecate') {
    if (listed.deprecated) return observed('retracted', `deprecated: ${listed.deprecated}`)
    listed.deprecated = 'this release was taken back; use another version'
    const done = await registry.replace(doc)
    if (done.status >= 300) throw refused(`deprecating ${name}@${version}`, done, step)
    return observed('retracted', `deprecated: ${listed.deprecated}`)
  }
  await unpublish(doc, step, io)
  return observed('blocked', `${version} is unpublished`)
}

/** The requests of `npm unpublish` (npm 12, libnpmpublish). */
async function unpublish(doc: Packument, step: NpmRetractStep, io: ChannelIO): Promise<void> {
  const registry = writer(step, io)
  const { name, version } = step
  const others = Object.keys(doc.versions ?? {}).filter((one) => one !== version)
  const check = (what: string, answer: Awaited<ReturnType<typeof registry.removeAll>>): void => {
    if (answer.status >= 300) throw refused(what, answer, step)
  }
  if (others.length === 0) return check(`unpublishing ${name}`, await registry.removeAll(name, doc['_rev'] ?? ''))
  const tarball = doc.versions?.[version]?.dist.tarball ?? ''
  delete doc.versions?.[version]
  const tags = doc['dist-tags'] ?? {}
  for (const [tag, at] of Object.entries(tags)) if (at === version) delete tags[tag]
  tags['latest'] ??= versionBefore(doc, version, 'latest') ?? others[0] ?? ''
  delete doc['_revisions']
  delete doc['_attachments']
  check(`unpublishing ${name}@${version}`, await registry.replaceRevision(doc, doc['_rev'] ?? ''))
  const again = await registry.packument(name, true)
  check(
    `removing the tarball of ${name}@${version}`,
    await registry.removeTarball(name, tarball, again.body?.['_rev'] ?? ''),
  )
}

/** The highest version below that could stand in its place: not deprecated, and a stable one for `latest`. */
function versionBefore(doc: Packument, version: string, tag: string): string | undefined {
  return Object.values(doc.versions ?? {})
    .filter(
      (one) => one.version !== version && !one.deprecated && (tag !== 'latest' || prerelease(one.version) === null),
    )
    .map((one) => one.version)
    .sort(compareBuild)
    .findLast((one) => compareBuild(one, version) < 0)
}
