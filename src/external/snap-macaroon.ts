import { createHmac } from 'node:crypto'
import { TagonceError } from '../core/errors.ts'

/** What `snapcraft export-login` writes, in any of the forms that it ever had. */
export type SnapCredentials =
  /** Ubuntu One: a root macaroon and the discharge that the sign-on service gave for it. */
  | { kind: 'u1'; root: string; discharge: string }
  /** Candid: one macaroon, already bound. */
  | { kind: 'candid'; macaroon: string }

/**
 * Reads the credentials of the Snap store: base64 of JSON, or the INI file of old. Throws `credentials`, without a part of them.
 * @example parseSnapCredentials(process.env.SNAPCRAFT_STORE_CREDENTIALS)
 */
export function parseSnapCredentials(text: string): SnapCredentials {
  const trimmed = text.trim()
  const plain = /^[A-Za-z0-9+/=_-]+$/.test(trimmed) ? Buffer.from(trimmed, 'base64').toString() : trimmed
  const found = fromJson(plain) ?? fromIni(plain)
  if (found !== undefined) return found
  throw new TagonceError('credentials', 'these are no credentials of the Snap store', {
    hint: 'snapcraft export-login --snaps NAME --acls package_access,package_push,package_release FILE, and put the file’s text into the variable',
  })
}

function fromJson(text: string): SnapCredentials | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(value)) return undefined
  if (value['t'] === 'macaroon' && typeof value['v'] === 'string') return { kind: 'candid', macaroon: value['v'] }
  const pair = value['t'] === undefined ? value : value['v']
  if (!isRecord(pair) || typeof pair['r'] !== 'string' || typeof pair['d'] !== 'string') return undefined
  return { kind: 'u1', root: pair['r'], discharge: pair['d'] }
}

/** The section is the sign-on service's host. */
function fromIni(text: string): SnapCredentials | undefined {
  const value = (key: string): string | undefined => new RegExp(`^\\s*${key}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1]
  const [root, discharge] = [value('macaroon'), value('unbound_discharge')]
  return root === undefined || discharge === undefined ? undefined : { kind: 'u1', root, discharge }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/**
 * The header that goes with every request: the root, and the discharge bound to it.
 * @example authorizationOf({ kind: 'candid', macaroon: 'abc' }) // 'Macaroon abc'
 */
export function authorizationOf(credentials: SnapCredentials): string {
  if (credentials.kind === 'candid') return `Macaroon ${credentials.macaroon}`
  const { root, discharge } = credentials
  return `Macaroon root=${root}, discharge=${bound(root, discharge)}`
}

const ZERO_KEY = Buffer.alloc(32)

/** HMAC-SHA256 with 32 zero bytes as its key (pymacaroons, `hash2`). */
function hash(data: Buffer): Buffer {
  return createHmac('sha256', ZERO_KEY).update(data).digest()
}

/** The discharge with the signature that ties it to its root: the hash of the hashes of both signatures. */
function bound(root: string, discharge: string): string {
  const bytes = Buffer.from(discharge, 'base64url')
  const signature = hash(Buffer.concat([hash(signatureOf(root)), hash(signatureOf(discharge))]))
  const at = signatureStart(bytes)
  return Buffer.concat([bytes.subarray(0, at), signature, bytes.subarray(at + 32)]).toString('base64url')
}

/** The signature of a serialised macaroon. */
export function signatureOf(macaroon: string): Buffer {
  const bytes = Buffer.from(macaroon, 'base64url')
  const at = signatureStart(bytes)
  return bytes.subarray(at, at + 32)
}

/** The last packet holds it: `002fsignature <32 bytes>\n` in version 1, bare at the end in version 2. */
function signatureStart(bytes: Buffer): number {
  if (bytes[0] === 2 && bytes.length > 34) return bytes.length - 32
  const at = bytes.length - 33
  if (at > 10 && bytes.subarray(at - 10, at).toString('latin1') === 'signature ' && bytes.at(-1) === 0x0a) return at
  throw new TagonceError('credentials', 'the credentials of the Snap store hold no macaroon', {
    hint: 'run snapcraft export-login again',
  })
}

/**
 * A macaroon of version 1, unsigned but for a made-up signature: for servers of tests and rehearsals.
 * @example macaroonV1('api.snapcraft.io', 'rehearsal', Buffer.alloc(32, 7))
 */
export function macaroonV1(location: string, identifier: string, signature: Buffer): string {
  const packet = (key: string, data: Buffer): Buffer => {
    const length = 4 + key.length + 1 + data.length + 1
    return Buffer.concat([Buffer.from(`${length.toString(16).padStart(4, '0')}${key} `), data, Buffer.from('\n')])
  }
  const packets = [
    packet('location', Buffer.from(location)),
    packet('identifier', Buffer.from(identifier)),
    packet('signature', signature),
  ]
  return Buffer.concat(packets).toString('base64url')
}
