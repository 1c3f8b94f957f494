import { IN_TOTO } from './dsse.ts'
import { sigstoreBundle } from './sigstore-bundle.ts'
import type { SigstoreBundle, TlogEntry } from './sigstore-bundle.ts'

/** The predicate type of "published by", whose predicate is empty: https://docs.pypi.org/attestations/publish/v1/ */
export const PYPI_PUBLISH = 'https://docs.pypi.org/attestations/publish/v1'

/** A signed statement as PyPI takes it: https://peps.python.org/pep-0740/#attestation-objects. Bytes are base64. */
export interface PypiAttestation {
  version: 1
  verification_material: { certificate: string; transparency_entries: TlogEntry[] }
  envelope: { statement: string; signature: string }
}

/** A bundle of Sigstore in PyPI's form. */
export function pypiAttestation({ verificationMaterial, dsseEnvelope }: SigstoreBundle): PypiAttestation {
  return {
    version: 1,
    verification_material: {
      certificate: verificationMaterial.certificate.rawBytes,
      transparency_entries: verificationMaterial.tlogEntries,
    },
    envelope: { statement: dsseEnvelope.payload, signature: dsseEnvelope.signatures[0]?.sig ?? '' },
  }
}

/** And back, from outside; undefined where a part lacks. */
export function bundleOfAttestation(attestation: Partial<PypiAttestation>): SigstoreBundle | undefined {
  const { version, verification_material: material, envelope } = attestation
  const entry = material?.transparency_entries?.[0]
  if (version !== 1 || entry === undefined || typeof envelope?.statement !== 'string') return undefined
  const signatures = [{ sig: envelope.signature }]
  const certificate = Buffer.from(material?.certificate ?? '', 'base64')
  return sigstoreBundle({ payload: envelope.statement, payloadType: IN_TOTO, signatures }, certificate, entry)
}
