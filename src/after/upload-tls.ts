import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { TagonceError } from '../core/errors.ts'
import { keepSecret } from '../core/secrets.ts'
import type { RequestOptions } from '../external/http.ts'
import type { ChannelIO, Finding } from '../spokes/spoke.ts'

interface Paths {
  clientCert: string
  clientKey: string
  trusted: string
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/g

/** Whether a text holds certificates in PEM, and all of them can be read. */
export function holdsCertificates(text: string): boolean {
  const all = text.match(CERTIFICATE) ?? []
  try {
    return all.map((one) => new X509Certificate(one)).length > 0
  } catch {
    return false
  }
}

/** What a request to the server is made with. In a rehearsal nothing of the user's is read: its server wants none of it. */
export async function tlsOf(settings: Paths, io: ChannelIO): Promise<Pick<RequestOptions, 'tls'>> {
  const { clientCert, clientKey, trusted } = settings
  if (io.stripSecrets === true || (clientCert === '' && trusted === '')) return {}
  const own =
    clientCert === ''
      ? {}
      : {
          client: {
            cert: await readPem('client_x509_cert', clientCert),
            key: await readPem('client_x509_key', clientKey),
          },
        }
  return { tls: { ...own, ...(trusted === '' ? {} : { trusted }) } }
}

/** Reads only: can the certificate be read, does its key belong to it, and does it still hold. */
export async function probeTls(key: string, settings: Paths, io: ChannelIO): Promise<Finding[]> {
  const { tls } = await tlsOf(settings, io)
  if (tls?.client === undefined) return []
  const bad = (at: string, message: string, mend: string): Finding[] => [
    { severity: 'error', code: 'upload-certificate', message: `${key}: ${message}`, mend, key: [at] },
  ]
  try {
    createSecureContext(tls.client)
  } catch {
    const mend = 'name a certificate and its key, both in PEM, the key without a passphrase'
    return bad('client_x509_cert', '`client_x509_cert` and `client_x509_key` are no certificate with its key', mend)
  }
  const { validTo } = new X509Certificate(tls.client.cert)
  if (Date.parse(validTo) > io.clock().getTime()) return []
  return bad(
    'client_x509_cert',
    `the certificate in \`client_x509_cert\` has expired: ${validTo}`,
    'have a new one made',
  )
}

async function readPem(key: string, path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8')
    if (key === 'client_x509_key') keepSecret(text)
    return text
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new TagonceError('credentials', `${key}: ${missing ? 'there is no file' : 'not readable:'} ${path}`, {
      hint: 'paths are relative to where the program runs',
      cause,
    })
  }
}
