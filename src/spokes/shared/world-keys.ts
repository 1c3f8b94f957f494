import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** Whose signatures the local world makes up. */
export type Signatory = 'github' | 'fulcio' | 'certificate-log' | 'rekor' | 'npm'

/**
 * A key of the local world, the same everywhere: every local server can check what another one signed, without asking it. It is
 * no secret, and trusted by nobody else.
 */
export function worldKey(of: Signatory): KeyObject {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(createHash('sha256').update(`tagonce rehearsal ${of}`).digest())
  const point = ecdh.getPublicKey()
  const part = (bytes: Buffer): string => bytes.toString('base64url')
  const [x, y] = [part(point.subarray(1, 33)), part(point.subarray(33))]
  const d = part(Buffer.concat([Buffer.alloc(32), ecdh.getPrivateKey()]).subarray(-32))
  return createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y, d } })
}

/** Its public half as `SubjectPublicKeyInfo`. */
export function worldPublicKey(of: Signatory): Buffer {
  return createPublicKey(worldKey(of)).export({ type: 'spki', format: 'der' })
}

/** How logs are named: sha256 of the public key. */
export function logId(of: Signatory): Buffer {
  return createHash('sha256').update(worldPublicKey(of)).digest()
}
