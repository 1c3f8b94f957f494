import { TagonceError } from '../../core/errors.ts'
import type { Diagnostic } from '../../core/errors.ts'
import type { Evidence } from '../../core/states.ts'
import type { PypiFile } from '../../external/pypi.ts'
import { bundleOfAttestation, PYPI_PUBLISH, pypiAttestation } from '../../formats/pypi-attestation.ts'
import { statementIn } from '../../formats/sigstore-bundle.ts'
import { attestAsWorkflow, signerOf, signingClaims } from '../shared/provenance.ts'
import type { ChannelIO } from '../spoke.ts'
import { reader } from './index-client.ts'
import { normalName } from './name.ts'
import type { PypiSettings } from './settings.ts'
import type { WheelUnit } from './units.ts'

/**
 * The form's field `attestations` for a file (https://docs.pypi.org/attestations/): that this workflow published it. Signed anew for each
 * index. Nothing where it is not wanted, and nothing of a private repository unless it was asked for: the log is public.
 */
export async function attestationFields(
  settings: Pick<PypiSettings, 'attestations'>,
  file: { filename: string; sha256: string },
  io: ChannelIO,
): Promise<[name: string, value: string][]> {
  if (settings.attestations === 'off') return []
  if (settings.attestations === 'auto' && (await signingClaims(io)).repository_visibility !== 'public') return []
  const bundle = await attestAsWorkflow(
    {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: file.filename, digest: { sha256: file.sha256 } }],
      predicateType: PYPI_PUBLISH,
      predicate: null,
    },
    io,
  )
  return [['attestations', JSON.stringify([pypiAttestation(bundle)])]]
}

/** What lacks for attestations, before anything is built. Reads only. */
export async function probeAttestations(settings: PypiSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const { attestations, name } = settings
  if (attestations === 'off') return []
  const say = (severity: Diagnostic['severity'], message: string, mend?: string): Diagnostic[] => [
    {
      severity,
      code: 'pypi-attestations',
      message: `pypi ${name}: ${message}`,
      ...(mend === undefined ? {} : { mend }),
    },
  ]
  try {
    const { repository, repository_visibility: visibility = 'of unknown visibility' } = await signingClaims(io)
    if (visibility === 'public') return []
    return attestations === 'auto'
      ? say('info', `it is published without attestations, since the repository ${repository} is ${visibility}`)
      : say('warning', `the attestations tell the public of the repository ${repository}, which is ${visibility}`)
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code !== 'credentials') throw error
    return say('error', error.message, error.hint)
  }
}

/** Reads back what is attested of a file, and holds its subject against it; a text says what is wrong. */
export async function verifiedAttestations(
  unit: WheelUnit,
  listed: PypiFile,
  io: ChannelIO,
): Promise<Evidence[] | string> {
  const { settings, file } = unit
  if (settings.attestations === 'off') return []
  const at = io.clock().toISOString()
  if (listed.provenance === undefined) {
    return [{ what: `${file} was published without attestations, and none can be added`, from: listed.url, at }]
  }
  const answer = await reader(settings, io).provenance(normalName(settings.name), settings.version, file)
  const all = (answer.body?.attestation_bundles ?? []).flatMap((one) => one.attestations ?? [])
  const bundles = all.flatMap((one) => bundleOfAttestation(one) ?? [])
  const bundle = bundles.find((one) => statementIn(one.dsseEnvelope)?.predicateType === PYPI_PUBLISH)
  if (bundle === undefined) {
    return [{ what: `no attestation to be read: the index answered ${answer.status}`, from: answer.url, at }]
  }
  const [subject] = statementIn(bundle.dsseEnvelope)?.subject ?? []
  const sha256 = subject?.digest['sha256'] ?? 'missing'
  if (subject?.name !== file || sha256 !== listed.sha256) {
    return `the attestation is about ${subject?.name ?? 'nothing'} (sha256 ${sha256}), the index has ${file} with sha256 ${listed.sha256 ?? 'unknown'}`
  }
  const what = `attestation of this file: ${signerOf(bundle)}`
  return [{ what, from: answer.url, at, digest: `sha256:${sha256}` }]
}
