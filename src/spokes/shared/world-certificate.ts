import { randomBytes, sign } from 'node:crypto'
import type { KeyObject, webcrypto } from 'node:crypto'
import type { Extension, X509Certificate } from '@peculiar/x509'
import { pemText } from '../../formats/pem.ts'
import type { WorkflowClaims } from './workflow-identity.ts'
import { logId, worldKey, worldPublicKey } from './world-keys.ts'

/** The issuer of certificates in a rehearsal: whoever reads one sees that no real workflow stands behind it. */
export const REHEARSAL_ISSUER = 'O=tagonce rehearsal, CN=made-up identity'

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const MINUTES = 60_000
const ARC = '1.3.6.1.4.1.57264.1'
const CERTIFICATE_TIMESTAMPS = '1.3.6.1.4.1.11129.2.4.2'

/** What a certificate tells of a workflow: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
function facts(claims: WorkflowClaims): [number: number, value: string][] {
  const server = 'https://github.com'
  const repository = `${server}/${claims.repository ?? ''}`
  return [
    [8, claims.iss ?? ''],
    [9, `${server}/${claims.job_workflow_ref ?? ''}`],
    [10, claims.sha ?? ''],
    [11, claims.runner_environment ?? ''],
    [12, repository],
    [13, claims.sha ?? ''],
    [14, claims.ref ?? ''],
    [15, claims.repository_id ?? ''],
    [16, `${server}/${claims.repository_owner ?? ''}`],
    [17, claims.repository_owner_id ?? ''],
    [18, `${server}/${claims.workflow_ref ?? ''}`],
    [19, claims.sha ?? ''],
    [20, claims.event_name ?? ''],
    [21, `${repository}/actions/runs/${claims.run_id ?? ''}/attempts/${claims.run_attempt ?? ''}`],
    [22, claims.repository_visibility ?? ''],
  ]
}

/**
 * A certificate for a key as Fulcio issues it: ten minutes, the workflow in its extensions, the certificate log's word inside. With the
 * authority's own behind it, as PEM.
 */
export async function issueCertificate(key: KeyObject, claims: WorkflowClaims): Promise<[leaf: string, root: string]> {
  const x509 = await library()
  const signingKey = await imported('fulcio')
  const { publicKey: issuerKey } = signingKey
  const spki = new Uint8Array(key.export({ type: 'spki', format: 'der' }))
  const publicKey = await crypto.subtle.importKey('spki', spki, EC, true, ['verify'])
  const { KeyUsageFlags } = x509
  const now = Date.now()
  const workflow = `https://github.com/${claims.job_workflow_ref ?? ''}`
  const extensions: Extension[] = [
    new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(issuerKey),
    new x509.SubjectAlternativeNameExtension([{ type: 'url', value: workflow }], true),
    new x509.Extension(`${ARC}.1`, false, Buffer.from(claims.iss ?? '')),
    ...facts(claims).map(([number, value]) => new x509.Extension(`${ARC}.${number}`, false, utf8String(value))),
  ]
  const content = {
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    subject: '',
    issuer: REHEARSAL_ISSUER,
    notBefore: new Date(Math.floor(now / 1000) * 1000),
    notAfter: new Date(Math.floor(now / 1000) * 1000 + 10 * MINUTES),
    signingAlgorithm: EC,
    publicKey,
    signingKey: signingKey.privateKey,
  }
  const before = await x509.X509CertificateGenerator.create({ ...content, extensions })
  const timestamps = new x509.Extension(CERTIFICATE_TIMESTAMPS, false, timestampList(before))
  const leaf = await x509.X509CertificateGenerator.create({ ...content, extensions: [...extensions, timestamps] })
  const root = await rootCertificate()
  return [pemText('CERTIFICATE', new Uint8Array(leaf.rawData)), pemText('CERTIFICATE', root)]
}

/** The authority's own certificate, DER. */
export async function rootCertificate(): Promise<Uint8Array> {
  const x509 = await library()
  const keys = await imported('fulcio')
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: REHEARSAL_ISSUER,
    notBefore: new Date('2020-01-01T00:00:00Z'),
    notAfter: new Date('2049-01-01T00:00:00Z'),
    signingAlgorithm: EC,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return new Uint8Array(root.rawData)
}

/** What a certificate tells of its workflow, as far as registries look at it. */
export interface CertificateFacts {
  /** `https://github.com/acme/hello`. */
  repository: string
  visibility: string
  runner: string
  /** `https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/v1.2.3`. */
  workflow: string
}

/** @param certificate DER */
export async function certificateFacts(certificate: Buffer): Promise<CertificateFacts> {
  const x509 = await library()
  const read = new x509.X509Certificate(new Uint8Array(certificate))
  const fact = (number: number): string => {
    const value = read.getExtension(`${ARC}.${number}`)?.value
    return value === undefined
      ? ''
      : Buffer.from(value)
          .subarray(contentAt(Buffer.from(value), 0).from)
          .toString()
  }
  return { runner: fact(11), repository: fact(12), workflow: fact(18), visibility: fact(22) }
}

async function library() {
  // The library needs this polyfill and does not bring it.
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

async function imported(of: 'fulcio'): Promise<webcrypto.CryptoKeyPair> {
  const pkcs8 = new Uint8Array(worldKey(of).export({ type: 'pkcs8', format: 'der' }))
  const spki = new Uint8Array(worldPublicKey(of))
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, EC, false, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', spki, EC, true, ['verify']),
  }
}

/** One signed certificate timestamp over the certificate without it: https://www.rfc-editor.org/rfc/rfc6962#section-3.2 */
function timestampList(certificate: X509Certificate): Buffer {
  const tbs = tbsOf(Buffer.from(certificate.rawData))
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(BigInt(Date.now()))
  const none = number(0, 2)
  const issuer = logId('fulcio')
  const entry = Buffer.concat([Buffer.of(0, 0), time, number(1, 2), issuer, number(tbs.length, 3), tbs, none])
  const signature = sign('sha256', entry, worldKey('certificate-log'))
  // Version 1; sha256 and ECDSA in the numbers of TLS.
  const parts = [Buffer.of(0), logId('certificate-log'), time, none, Buffer.of(4, 3), number(signature.length, 2)]
  const one = Buffer.concat([...parts, signature])
  return der(0x04, Buffer.concat([number(one.length + 2, 2), number(one.length, 2), one]))
}

/** The part of a certificate that is signed: the first element of its sequence. */
function tbsOf(certificate: Buffer): Buffer {
  const start = contentAt(certificate, 0)
  const inner = contentAt(certificate, start.from)
  return certificate.subarray(start.from, inner.from + inner.length)
}

function contentAt(bytes: Buffer, at: number): { from: number; length: number } {
  const first = bytes[at + 1] ?? 0
  if (first < 0x80) return { from: at + 2, length: first }
  const size = first & 0x7f
  return { from: at + 2 + size, length: bytes.readUIntBE(at + 2, size) }
}

function utf8String(text: string): Buffer {
  return der(0x0c, Buffer.from(text))
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size =
    length < 0x80
      ? Buffer.of(length)
      : length < 0x100
        ? Buffer.of(0x81, length)
        : Buffer.of(0x82, length >> 8, length & 255)
  return Buffer.concat([Buffer.of(tag), size, content])
}

function number(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.writeUIntBE(value, 0, size)
  return bytes
}
