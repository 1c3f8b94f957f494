import { createHash, createPrivateKey, sign } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { objectPath, signS3 } from '../../external/sigv4.ts'
import { TagonceError } from '../../core/errors.ts'
import type { Http } from '../../external/http.ts'

/** https://developer.apple.com/documentation/notaryapi */
const API = 'https://appstoreconnect.apple.com/notary/v2/submissions'
const REGION = 'us-west-2'

export interface NotaryKey {
  issuer: string
  id: string
  /** PEM. */
  key: string
}

interface NotaryIO {
  http: Http
  signal: AbortSignal
  clock: () => Date
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** `pending`: Apple has not decided when the time was up, or nobody waited for it. */
export type NotaryOutcome = 'accepted' | 'pending'

interface Submission {
  data?: { id?: string; attributes?: Record<string, string> }
}

/**
 * Sends a zip to Apple's notary, and waits for what it says when told so.
 * @param wait milliseconds; undefined where nobody waits
 * @throws TagonceError `spoke` with Apple's log where it says no; `credentials` where the key is refused
 */
export async function notarizeZip(
  name: string,
  zip: Buffer,
  key: NotaryKey,
  wait: number | undefined,
  io: NotaryIO,
): Promise<NotaryOutcome> {
  const sha256 = createHash('sha256').update(zip).digest('hex')
  const began = await ask('', key, io, { submissionName: name, sha256 })
  const { id = '', attributes = {} } = began.data ?? {}
  await upload(zip, sha256, attributes, io)
  if (wait === undefined) return 'pending'
  const until = io.clock().getTime() + wait
  for (;;) {
    const status = (await ask(`/${id}`, key, io)).data?.attributes?.['status'] ?? ''
    if (status === 'Accepted') return 'accepted'
    if (status !== 'In Progress') throw await refused(name, id, status, key, io)
    if (io.clock().getTime() >= until) return 'pending'
    await (io.sleep ?? pause)(10_000, io.signal)
  }
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> => after(milliseconds, undefined, { signal })

async function ask(path: string, key: NotaryKey, io: NotaryIO, body?: object): Promise<Submission> {
  const response = await io.http.request(`${API}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${tokenOf(key, io.clock())}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: io.signal,
  })
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as Submission
  const code = response.status === 401 || response.status === 403 ? 'credentials' : 'spoke'
  throw new TagonceError(code, `Apple's notary answers ${response.status}`, {
    output: text.slice(0, 2000),
    hint: 'look at issuer_id, key_id and key of notarize.macos[].notarize, and whether agreements wait to be signed',
  })
}

/** A token of App Store Connect, good for some minutes (RFC 7519, ES256). */
function tokenOf({ issuer, id, key }: NotaryKey, now: Date): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const iat = Math.floor(now.getTime() / 1000)
  const claims = { iss: issuer, iat, exp: iat + 600, aud: 'appstoreconnect-v1', scope: ['/notary/v2'] }
  const text = `${part({ alg: 'ES256', kid: id, typ: 'JWT' })}.${part(claims)}`
  try {
    const signature = sign('sha256', Buffer.from(text), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' })
    return `${text}.${signature.toString('base64url')}`
  } catch (error) {
    throw new TagonceError('credentials', 'notarize.macos[].notarize.key is no key of App Store Connect', {
      hint: 'give the path of the .p8 file, or its bytes in base64',
      cause: error,
    })
  }
}

async function upload(zip: Buffer, sha256: string, facts: Record<string, string>, io: NotaryIO): Promise<void> {
  const { bucket = '', object = '', awsAccessKeyId = '', awsSecretAccessKey = '', awsSessionToken = '' } = facts
  const url = new URL(`https://${bucket}.s3.${REGION}.amazonaws.com/${objectPath(object)}`)
  const key = { id: awsAccessKeyId, secret: awsSecretAccessKey, session: awsSessionToken, region: REGION }
  const headers = signS3(
    { method: 'PUT', url, headers: { 'content-type': 'application/zip' }, sha256 },
    key,
    io.clock(),
  )
  const response = await io.http.request(url.href, { method: 'PUT', headers, body: zip, signal: io.signal, retries: 4 })
  const text = await response.text()
  if (response.ok) return
  throw new TagonceError('spoke', `the store of Apple's notary answers ${response.status}`, {
    output: text.slice(0, 2000),
  })
}

async function refused(name: string, id: string, status: string, key: NotaryKey, io: NotaryIO): Promise<TagonceError> {
  const url = (await ask(`/${id}/logs`, key, io)).data?.attributes?.['developerLogUrl']
  const log = url === undefined ? '' : await (await io.http.request(url, { signal: io.signal })).text()
  return new TagonceError('spoke', `Apple's notary says of ${name}: ${status.toLowerCase()}`, {
    output: log.slice(0, 8000),
  })
}
