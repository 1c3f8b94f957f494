import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto'
import { preAuthEncoding } from '../../formats/dsse.ts'
import { BUNDLE_MEDIA_TYPE, statementIn } from '../../formats/sigstore-bundle.ts'
import type { SigstoreBundle, Statement } from '../../formats/sigstore-bundle.ts'
import { certificateFacts } from './world-certificate.ts'
import type { CertificateFacts } from './world-certificate.ts'
import { logId, worldKey } from './world-keys.ts'

/** What a bundle proves: who said what. */
export interface Proven {
  statement: Statement
  by: CertificateFacts
}

/**
 * Checks a bundle as a registry does, against the authority and the log of the local world; a text says why it proves nothing. The same
 * bundles are held against the library of Sigstore in the tests.
 */
export async function provenBy(bundle: Partial<SigstoreBundle>): Promise<Proven | string> {
  const { dsseEnvelope: envelope, verificationMaterial: material, mediaType } = bundle
  const entry = material?.tlogEntries?.[0]
  const raw = Buffer.from(material?.certificate?.rawBytes ?? '', 'base64')
  const statement = statementIn(envelope)
  if (mediaType !== BUNDLE_MEDIA_TYPE || envelope === undefined || raw.length === 0) return 'invalid bundle'
  if (statement === undefined || envelope.signatures?.length !== 1) return 'invalid envelope'
  if (entry === undefined) return 'no entry of a transparency log'
  const certificate = new X509Certificate(raw)
  if (!certificate.verify(createPublicKey(worldKey('fulcio')))) return 'untrusted certificate'
  const time = Number(entry.integratedTime) * 1000
  if (time < Date.parse(certificate.validFrom) || time > Date.parse(certificate.validTo)) {
    return 'the certificate was not valid when the log took the entry'
  }
  const payload = Buffer.from(envelope.payload, 'base64')
  const { sig = '' } = envelope.signatures[0] ?? {}
  const signed = preAuthEncoding(envelope.payloadType, payload)
  if (!verify('sha256', signed, certificate.publicKey, Buffer.from(sig, 'base64')))
    return 'signature verification failed'
  const logID = Buffer.from(entry.logId.keyId, 'base64').toString('hex')
  const promised = JSON.stringify({
    body: entry.canonicalizedBody,
    integratedTime: Number(entry.integratedTime),
    logID,
    logIndex: Number(entry.logIndex),
  })
  const promise = Buffer.from(entry.inclusionPromise?.signedEntryTimestamp ?? '', 'base64')
  const log = createPublicKey(worldKey('rekor'))
  if (logID !== logId('rekor').toString('hex') || !verify('sha256', Buffer.from(promised), log, promise)) {
    return 'inclusion promise could not be verified'
  }
  const body = JSON.parse(Buffer.from(entry.canonicalizedBody, 'base64').toString()) as {
    spec?: { payloadHash?: { value?: string }; signatures?: { signature?: string }[] }
  }
  if (body.spec?.signatures?.[0]?.signature !== sig) return 'tlog entry signature mismatch'
  if (body.spec.payloadHash?.value !== createHash('sha256').update(payload).digest('hex')) {
    return 'DSSE payload hash mismatch'
  }
  return { statement, by: await certificateFacts(raw) }
}
