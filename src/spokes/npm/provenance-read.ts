import type { Evidence } from '../../core/states.ts'
import type { NpmVersion } from '../../external/npm-registry.ts'
import { statementIn } from '../../formats/sigstore-bundle.ts'
import { evidenceOf } from '../shared/evidence.ts'
import { signerOf, SLSA_PROVENANCE } from '../shared/provenance.ts'
import type { ChannelIO } from '../spoke.ts'
import { packageUrl } from './provenance.ts'
import { reader } from './registry.ts'
import type { NpmUnit } from './units.ts'

/** What the packument says of provenance, where it was asked for. A version that was published without is live all the same. */
export function provenanceListed(unit: NpmUnit, listed: NpmVersion): { what: string; from: string } | undefined {
  if (unit.settings.provenance === 'off') return undefined
  const url = listed.dist.attestations?.url
  return url === undefined
    ? { what: `${unit.version} was published without provenance, and none can be added`, from: unit.address }
    : { what: `${unit.version} was published with provenance`, from: url }
}

/**
 * Reads the statement back that stands with a version, and holds its subject against the tarball; a text says what is wrong. The
 * signature itself was checked by the registry, and is by `npm audit signatures`.
 */
export async function verifiedProvenance(
  unit: NpmUnit,
  listed: NpmVersion,
  io: ChannelIO,
): Promise<Evidence[] | string> {
  if (unit.settings.provenance === 'off' || listed.dist.attestations === undefined) return []
  const answer = await reader(unit.settings, io).attestations(unit.name, unit.version)
  const bundle = answer.body?.attestations?.find((one) => one.predicateType === SLSA_PROVENANCE)?.bundle
  if (bundle === undefined) {
    return [evidenceOf(io, answer.url, `no provenance to be read: the registry answered ${answer.status}`)]
  }
  const statement = statementIn(bundle.dsseEnvelope)
  const [subject] = statement?.subject ?? []
  const sha512 = Buffer.from((listed.dist.integrity ?? '').replace('sha512-', ''), 'base64').toString('hex')
  if (subject?.name !== packageUrl(unit.name, unit.version) || subject.digest['sha512'] !== sha512) {
    return `the provenance is about ${subject?.name ?? 'nothing'} (sha512 ${subject?.digest['sha512'] ?? 'missing'}), the tarball has sha512 ${sha512}`
  }
  return [evidenceOf(io, answer.url, `provenance of this tarball: ${signerOf(bundle)}`, `sha512:${sha512}`)]
}
