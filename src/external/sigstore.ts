import { createHash, generateKeyPairSync, sign, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { TagonceError } from '../core/errors.ts'
import { IN_TOTO, preAuthEncoding } from '../formats/dsse.ts'
import type { DsseEnvelope } from '../formats/dsse.ts'
import { pemBytes } from '../formats/pem.ts'
import { sigstoreBundle } from '../formats/sigstore-bundle.ts'
import type { SigstoreBundle, Statement } from '../formats/sigstore-bundle.ts'
import type { Http } from './http.ts'
import { sigstoreRefusal } from './sigstore-error.ts'
import { logEntry } from './sigstore-rekor.ts'

/** Public addresses of Sigstore's certificate authority and of its log. */
export const FULCIO = 'https://fulcio.sigstore.dev'

/** For whom an identity has to be that Fulcio takes. */
export const SIGSTORE_AUDIENCE = 'sigstore'

/** Signs statements as one identity. Its key lives in memory, and its certificate for ten minutes. */
export interface SigstoreSigner {
  /** PEM. */
  certificate: string
  /**
   * Signs a statement and has the signature written into the public log, where it stays for ever. Throws `network`, or `credentials`
   * where the log refuses.
   */
  attest(statement: Statement): Promise<SigstoreBundle>
}

/**
 * A signer with a new key and a certificate that binds it to an identity (https://github.com/sigstore/fulcio/blob/main/docs/how-certificate-issuing-works.md).
 * @param identity a token of OpenID Connect for the audience `sigstore`
 * @throws `credentials` when Fulcio does not take the identity, `network` when it cannot be asked
 * @example const bundle = await (await sigstoreSigner(http, token)).attest(statement)
 */
export async function sigstoreSigner(http: Http, identity: string): Promise<SigstoreSigner> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const proof = sign('sha256', Buffer.from(subjectOf(identity)), privateKey)
  const content = publicKey.export({ type: 'spki', format: 'pem' })
  const url = `${FULCIO}/api/v2/signingCert`
  const response = await http.request(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({
      credentials: { oidcIdentityToken: identity },
      publicKeyRequest: { publicKey: { algorithm: 'ECDSA', content }, proofOfPossession: proof.toString('base64') },
    }),
    // A certificate more or less changes nothing.
    retries: 3,
  })
  const text = await response.text()
  if (!response.ok) throw sigstoreRefusal('Fulcio', response.status, text)
  const certificate = leafOf(text)
  if (certificate === undefined || !publicKey.equals(new X509Certificate(certificate).publicKey)) {
    throw new TagonceError('network', `${url} answered ${response.status}, but not with a certificate for our key`)
  }
  return { certificate, attest: (statement) => attest(http, privateKey, certificate, statement) }
}

async function attest(http: Http, key: KeyObject, certificate: string, statement: Statement): Promise<SigstoreBundle> {
  const payload = Buffer.from(JSON.stringify(statement))
  const sig = sign('sha256', preAuthEncoding(IN_TOTO, payload), key).toString('base64')
  const envelope: DsseEnvelope = {
    payload: payload.toString('base64'),
    payloadType: IN_TOTO,
    signatures: [{ sig }],
  }
  const { entry, payloadHash } = await logEntry(http, envelope, certificate)
  if (payloadHash !== createHash('sha256').update(payload).digest('hex')) {
    throw new TagonceError('network', `Rekor logged another statement than ours at ${entry.logIndex}`)
  }
  return sigstoreBundle(envelope, pemBytes(certificate) ?? Buffer.alloc(0), entry)
}

/** What an identity is about: the claim that the proof of possession signs. */
function subjectOf(identity: string): string {
  try {
    const claims = JSON.parse(Buffer.from(identity.split('.')[1] ?? '', 'base64url').toString()) as { sub?: unknown }
    if (typeof claims.sub === 'string') return claims.sub
  } catch {
    // Said below.
  }
  throw new TagonceError('credentials', 'the identity is no token of OpenID Connect: it has no subject')
}

interface Chain {
  chain?: { certificates?: string[] }
}

function leafOf(text: string): string | undefined {
  try {
    const answer = JSON.parse(text) as { signedCertificateEmbeddedSct?: Chain; signedCertificateDetachedSct?: Chain }
    const leaf = (answer.signedCertificateEmbeddedSct ?? answer.signedCertificateDetachedSct)?.chain?.certificates?.[0]
    return leaf === undefined || pemBytes(leaf) === undefined ? undefined : leaf
  } catch {
    return undefined
  }
}
