import type { DsseEnvelope } from './dsse.ts'

/** https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto */
export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** That a signature stands in a transparency log, with the log's proof. Bytes are base64, 64-bit numbers are texts, as protobuf's JSON has them. */
export interface TlogEntry {
  logIndex: string
  logId: { keyId: string }
  kindVersion: { kind: string; version: string }
  /** Seconds since the epoch. */
  integratedTime: string
  inclusionPromise?: { signedEntryTimestamp: string }
  inclusionProof?: {
    logIndex: string
    rootHash: string
    treeSize: string
    hashes: string[]
    checkpoint: { envelope: string }
  }
  canonicalizedBody: string
}

/** A signed statement with all that is needed to check it: the certificate of who signed, and the log's proof of when. */
export interface SigstoreBundle {
  mediaType: string
  verificationMaterial: {
    /** DER, base64. */
    certificate: { rawBytes: string }
    tlogEntries: TlogEntry[]
    timestampVerificationData: Record<string, never>
  }
  dsseEnvelope: DsseEnvelope
}

/** Whom or what an in-toto statement speaks of (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md). */
export interface Statement {
  _type: string
  subject: { name: string; digest: Record<string, string> }[]
  predicateType: string
  predicate: unknown
}

/**
 * A bundle of its parts.
 * @param certificate DER
 */
export function sigstoreBundle(envelope: DsseEnvelope, certificate: Buffer, entry: TlogEntry): SigstoreBundle {
  return {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      certificate: { rawBytes: certificate.toString('base64') },
      tlogEntries: [entry],
      timestampVerificationData: {},
    },
    dsseEnvelope: envelope,
  }
}

/** The statement inside an envelope, which is input from outside; undefined when it is none. Nothing is checked here. */
export function statementIn(envelope: Partial<DsseEnvelope> | undefined): Statement | undefined {
  try {
    const read = JSON.parse(Buffer.from(envelope?.payload ?? '', 'base64').toString()) as Partial<Statement> | null
    const named = (read?.subject ?? []).every((one) => typeof one?.name === 'string' && typeof one.digest === 'object')
    return named && Array.isArray(read?.subject) && typeof read.predicateType === 'string'
      ? (read as Statement)
      : undefined
  } catch {
    return undefined
  }
}
