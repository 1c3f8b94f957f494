import { rootCertificate } from '../world-certificate.ts'
import { logId, worldPublicKey } from '../world-keys.ts'
import type { Signatory } from '../world-keys.ts'

/**
 * What Sigstore's own library trusts, for the local world: the document `trusted_root.json`
 * (https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto).
 */
export async function trustedRoot(): Promise<unknown> {
  const since = { start: '2020-01-01T00:00:00Z' }
  const log = (of: Signatory, baseUrl: string) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: worldPublicKey(of).toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: since,
    },
    logId: { keyId: logId(of).toString('base64') },
  })
  const root = Buffer.from(await rootCertificate()).toString('base64')
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log('rekor', 'https://rekor.sigstore.dev')],
    certificateAuthorities: [
      {
        subject: { organization: 'tagonce rehearsal', commonName: 'made-up identity' },
        uri: 'https://fulcio.sigstore.dev',
        certChain: { certificates: [{ rawBytes: root }] },
        validFor: since,
      },
    ],
    ctlogs: [log('certificate-log', 'https://ctfe.sigstore.dev/test')],
    timestampAuthorities: [],
  }
}
