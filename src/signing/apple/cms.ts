import { createHash } from 'node:crypto'
import forge from 'node-forge'
import type { AppleIdentity } from './identity.ts'

/** id-aa-timeStampToken (RFC 3161, appendix A). */
const TIMESTAMP_TOKEN = '1.2.840.113549.1.9.16.2.14'

/**
 * A detached signature of bytes (CMS, RFC 5652) with the chain of certificates. `stamp` is given the signature, and gives the token of a
 * timestamp server.
 */
export async function signCms(
  content: Buffer,
  identity: AppleIdentity,
  now: Date,
  stamp: ((signature: Buffer) => Promise<Buffer>) | undefined,
): Promise<Buffer> {
  const p7 = forge.pkcs7.createSignedData()
  p7.content = forge.util.createBuffer(content.toString('binary'))
  for (const one of identity.certificates) p7.addCertificate(one)
  const { oids } = forge.pki
  const [leaf] = identity.certificates
  p7.addSigner({
    key: identity.key,
    certificate: leaf!,
    digestAlgorithm: oids['sha256']!,
    // In the order of DER, by which a set is sorted.
    authenticatedAttributes: [
      { type: oids['contentType']!, value: oids['data']! },
      // The type wants a text, the library takes a moment.
      { type: oids['signingTime']!, value: now as unknown as string },
      { type: oids['messageDigest']! },
    ],
  })
  p7.sign({ detached: true })
  const tree = p7.toAsn1()
  if (stamp !== undefined) addToken(tree, await stamp(signatureIn(tree)))
  return Buffer.from(forge.asn1.toDer(tree).getBytes(), 'binary')
}

/** The one signer: ContentInfo → [0] → SignedData → its last part, a set. */
function signerOf(tree: forge.asn1.Asn1): forge.asn1.Asn1 {
  const data = childrenOf(childrenOf(tree)[1]!)[0]!
  return childrenOf(childrenOf(data).at(-1)!)[0]!
}

function signatureIn(tree: forge.asn1.Asn1): Buffer {
  const text = childrenOf(signerOf(tree)).at(-1)?.value
  return Buffer.from(typeof text === 'string' ? text : '', 'binary')
}

/** The token stands beside what is signed, as it was made after it. */
function addToken(tree: forge.asn1.Asn1, token: Buffer): void {
  const { asn1 } = forge
  const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class
  const { SEQUENCE, SET, OID } = asn1.Type
  const attribute = asn1.create(UNIVERSAL, SEQUENCE, true, [
    asn1.create(UNIVERSAL, OID, false, asn1.oidToDer(TIMESTAMP_TOKEN).getBytes()),
    asn1.create(UNIVERSAL, SET, true, [asn1.fromDer(forge.util.createBuffer(token.toString('binary')))]),
  ])
  childrenOf(signerOf(tree)).push(asn1.create(CONTEXT_SPECIFIC, 1, true, [attribute]))
}

/** A request for a timestamp (RFC 3161, 2.4.1): of the SHA-256 of a signature, with the server's certificate. */
export function timestampRequest(signature: Buffer): Buffer {
  const { asn1 } = forge
  const { UNIVERSAL } = asn1.Class
  const { SEQUENCE, OID, NULL, OCTETSTRING, INTEGER, BOOLEAN } = asn1.Type
  const digest = createHash('sha256').update(signature).digest('binary')
  const algorithm = asn1.create(UNIVERSAL, SEQUENCE, true, [
    asn1.create(UNIVERSAL, OID, false, asn1.oidToDer(forge.pki.oids['sha256']!).getBytes()),
    asn1.create(UNIVERSAL, NULL, false, ''),
  ])
  const request = asn1.create(UNIVERSAL, SEQUENCE, true, [
    asn1.create(UNIVERSAL, INTEGER, false, '\u0001'),
    asn1.create(UNIVERSAL, SEQUENCE, true, [algorithm, asn1.create(UNIVERSAL, OCTETSTRING, false, digest)]),
    asn1.create(UNIVERSAL, BOOLEAN, false, '\u00FF'),
  ])
  return Buffer.from(asn1.toDer(request).getBytes(), 'binary')
}

/** The token in the answer of a timestamp server; undefined where it refused. */
export function timestampToken(answer: Buffer): Buffer | undefined {
  const { asn1 } = forge
  const [status, token] = childrenOf(asn1.fromDer(forge.util.createBuffer(answer.toString('binary'))))
  const code = status === undefined ? undefined : childrenOf(status)[0]?.value
  // 0 granted, 1 granted with modifications
  if (token === undefined || typeof code !== 'string' || code.charCodeAt(0) > 1) return undefined
  return Buffer.from(asn1.toDer(token).getBytes(), 'binary')
}

function childrenOf(one: forge.asn1.Asn1): forge.asn1.Asn1[] {
  return Array.isArray(one.value) ? one.value : []
}
