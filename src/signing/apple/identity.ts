import forge from 'node-forge'
import { TagonceError } from '../../core/errors.ts'

/** Who signs: a key, its certificate, and those above it up to a root. */
export interface AppleIdentity {
  key: forge.pki.rsa.PrivateKey
  /** The signer's own first. */
  certificates: forge.pki.Certificate[]
  /** Apple's id of the team: the certificate's organizational unit. */
  team: string | undefined
  /** Whether the chain is Apple's. */
  apple: boolean
}

/**
 * Reads a P12 file, as Keychain Access and openssl write it.
 * @throws TagonceError `credentials` for a wrong password, for a key that is not RSA (Apple's are), and for a chain with a hole
 */
export function readIdentity(p12: Buffer, password: string): AppleIdentity {
  const bags = openP12(p12, password)
  const key = bags.find((bag) => bag.key !== undefined && bag.key !== null)?.key
  const all = bags.flatMap((bag) => (bag.cert === undefined || bag.cert === null ? [] : [bag.cert]))
  if (key === undefined || key === null)
    throw fault('the certificate file holds no RSA key', 'export the key with the certificate')
  const leaf = all.find((one) => (one.publicKey as forge.pki.rsa.PublicKey).n?.equals(key.n))
  if (leaf === undefined) throw fault('no certificate in the file belongs to its key', 'export both together')
  const certificates = [leaf]
  for (let last = leaf; !last.isIssuer(last);) {
    const above = all.find((one) => one !== last && last.isIssuer(one))
    if (above === undefined) {
      const issuer = String(last.issuer.getField('CN')?.value ?? 'its issuer')
      throw fault(
        `the certificate file lacks the certificate of ${issuer}`,
        'put Apple’s certificates into it: openssl pkcs12 -export -certfile chain.pem …',
      )
    }
    certificates.push(above)
    last = above
  }
  const team = leaf.subject.getField('OU')?.value as string | undefined
  const apple = certificates.some((one) => one.subject.getField('O')?.value === 'Apple Inc.')
  return { key, certificates, team, apple }
}

function openP12(p12: Buffer, password: string): forge.pkcs12.Bag[] {
  try {
    const asn1 = forge.asn1.fromDer(forge.util.createBuffer(p12.toString('binary')))
    return forge.pkcs12.pkcs12FromAsn1(asn1, password).safeContents.flatMap((one) => one.safeBags)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (/password|MAC/i.test(text))
      throw fault('the password of the certificate file is wrong', 'look at notarize.macos[].sign.password')
    throw fault(`the certificate is no P12 file: ${text}`, 'give its path, or its bytes in base64')
  }
}

function fault(message: string, hint: string): TagonceError {
  return new TagonceError('credentials', message, { hint })
}
