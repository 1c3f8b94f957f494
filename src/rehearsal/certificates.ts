import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { X509Certificate } from '@peculiar/x509'

/** A certificate authority of one run, trusted by nobody but the clients that are given its file. */
export interface Authority {
  /** PEM file of its certificate. */
  file: string
  /** A TLS identity for a host; made once per host. */
  identity(host: string): Promise<SecureContext>
}

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY = 86_400_000

/**
 * Makes the authority and writes its certificate into a folder, under a name of its own: two runs that shared a file would
 * break each other's clients. The private keys stay in memory.
 */
export async function createAuthority(folder: string): Promise<Authority> {
  // The library needs this polyfill and does not bring it.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const run = randomBytes(4).toString('hex')
  const own = await crypto.subtle.generateKey(EC, false, ['sign', 'verify'])
  const leafKeys = await crypto.subtle.generateKey(EC, true, ['sign', 'verify'])
  const dates = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 30 * DAY) }
  const serialNumber = (): string => `01${randomBytes(15).toString('hex')}`
  const { KeyUsageFlags } = x509
  const ca: X509Certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=tagonce rehearsal ${run}`,
    ...dates,
    signingAlgorithm: EC,
    keys: own,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(own.publicKey),
    ],
  })
  const file = join(folder, `ca-${run}.pem`)
  writeFileSync(file, `${ca.toString('pem')}\n`)
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', leafKeys.privateKey)).toString('base64')
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`
  const leaf = async (host: string): Promise<SecureContext> => {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: `CN=${host.slice(0, 64)}`,
      issuer: ca.subject,
      ...dates,
      signingAlgorithm: EC,
      publicKey: leafKeys.publicKey,
      signingKey: own.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
        await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(own.publicKey),
      ],
    })
    return createSecureContext({ key, cert: `${certificate.toString('pem')}\n${ca.toString('pem')}\n` })
  }
  const made = new Map<string, Promise<SecureContext>>()
  return {
    file,
    identity(host) {
      const known = made.get(host) ?? leaf(host)
      made.set(host, known)
      return known
    },
  }
}
