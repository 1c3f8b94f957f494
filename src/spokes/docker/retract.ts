import { compare, valid } from 'semver'
import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import type { ChannelIO, RetractStep } from '../spoke.ts'
import type { PublishedName } from './names.ts'
import { registryAt } from './registries.ts'
import type { DockerUnit } from './units.ts'

/** A step that can be carried out without the manifest. */
interface DockerRetractStep extends RetractStep {
  action: 'move-tag' | 'delete'
  name: PublishedName
  version: string
  digest: string
  address: string
}

/** How an image is taken back: tags that move go to the version before; what a version tag points at is deleted, where the registry does that. */
export function retractPlan(unit: DockerUnit, seen: Observation): DockerRetractStep[] {
  const digest = seen.evidence.find((one) => one.digest !== undefined)?.digest
  if (digest === undefined || (seen.state !== 'live' && seen.state !== 'mismatch')) return []
  const { name, version, address } = unit
  const common = { unit: unit.id, name, version, digest, address }
  if (unit.pointer !== undefined) {
    return [
      { ...common, action: 'move-tag', what: `point ${name.text} at the version before ${version}`, final: false },
    ]
  }
  const what = `delete ${name.text} (${digest}) and every other tag on it; who names its digest cannot pull it any more`
  return [{ ...common, action: 'delete', what, final: true }]
}

export async function retractAct(step: RetractStep, io: ChannelIO): Promise<Observation> {
  const { action, name, version, digest, address } = step as DockerRetractStep
  const { host, repository, tag } = name
  const registry = await registryAt(host, io)
  const seen = (state: Observation['state'], what: string, reason?: string): Observation => ({
    state,
    evidence: [{ what, from: address, at: io.clock().toISOString() }],
    ...(reason === undefined ? {} : { reason }),
  })
  if (action === 'delete') {
    const gone = await registry.deleteManifest(repository, digest)
    if (gone || (await registry.manifest(repository, tag)) === undefined)
      return seen('retracted', `${digest} is deleted`)
    throw new TagonceError('spoke', `${host} deletes no images when asked by its API`, {
      hint: `delete ${name.text} on the registry's own pages`,
    })
  }
  const before = (await registry.tags(repository))
    .flatMap((one) => {
      const other = valid(one.replace(/^v/, ''))
      return other !== null && valid(version) !== null && compare(other, version) < 0
        ? [{ tag: one, version: other }]
        : []
    })
    .toSorted((a, b) => compare(b.version, a.version))[0]
  const document = before === undefined ? undefined : await registry.manifest(repository, before.tag)
  if (before === undefined || document === undefined) {
    throw new TagonceError('spoke', `${name.text} has no version before ${version} to go back to`, {
      hint: 'delete the tag on the registry’s own pages, or publish a new version',
    })
  }
  await registry.pushManifest(repository, tag, document)
  return seen('retracted', `${tag} is ${before.version} again`)
}
