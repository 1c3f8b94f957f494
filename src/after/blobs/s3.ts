import { createReadStream } from 'node:fs'
import { TagonceError } from '../../core/errors.ts'
import { signS3 } from '../../external/sigv4.ts'
import type { ChannelIO } from '../../spokes/spoke.ts'
import type { BlobUnit, Protocol } from './bucket.ts'

const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const HINTS: Record<string, string> = {
  NoSuchBucket: 'make the bucket, or mend `blobs[].bucket`',
  InvalidAccessKeyId: 'AWS_ACCESS_KEY_ID is not known there',
  SignatureDoesNotMatch: 'AWS_SECRET_ACCESS_KEY is another, or `region` is',
  AccessDenied: 'the key may not write there: it needs s3:PutObject (and s3:PutObjectAcl with `acl`)',
  AccessControlListNotSupported: 'the bucket takes no `acl`: leave it out',
}

/** Amazon's protocol, which many others speak. */
export const s3: Protocol = {
  credentials: () => ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  probe: async () => [],
  async look(unit, io) {
    const { status, headers } = await send(unit, 'HEAD', { 'x-amz-checksum-mode': 'ENABLED' }, NOTHING, io)
    if (status === 404) return { kind: 'absent' }
    if (status !== 200) {
      const hint = status === 403 ? ': may the key list the bucket? (s3:ListBucket, s3:GetObject)' : ''
      return { kind: 'refused', what: `HEAD answers ${status}`, reason: `the bucket answers ${status}${hint}` }
    }
    const sha256 = headers.get('x-amz-checksum-sha256')
    return { kind: 'there', size: Number(headers.get('content-length')), ...(sha256 === null ? {} : { sha256 }) }
  },
  async put(unit, { path, cacheControl, disposition, contentType }, _, io) {
    const { artifact, settings, address } = unit
    const headers = {
      'content-type': contentType,
      'x-amz-checksum-sha256': Buffer.from(artifact.sha256, 'hex').toString('base64'),
      ...(settings.acl === '' ? {} : { 'x-amz-acl': settings.acl }),
      ...(cacheControl === '' ? {} : { 'cache-control': cacheControl }),
      ...(disposition === '' ? {} : { 'content-disposition': disposition }),
    }
    const body = { body: () => createReadStream(path), length: artifact.size }
    const answer = await send(unit, 'PUT', headers, artifact.sha256, io, body)
    const said = await answer.text()
    if (answer.status === 200 || answer.status === 201) return
    const code = /<Code>([^<]*)<\/Code>/.exec(said)?.[1] ?? String(answer.status)
    throw new TagonceError('spoke', `${address}: the bucket answers ${code}`, {
      hint: HINTS[code] ?? 'look at the key and the bucket',
      output: said.slice(0, 2000),
    })
  },
}

function send(
  { settings, address }: BlobUnit,
  method: string,
  headers: Record<string, string>,
  sha256: string,
  { http, credentials, clock, signal }: ChannelIO,
  body: object = {},
): Promise<Response> {
  const session = credentials.has('AWS_SESSION_TOKEN') ? { session: credentials.get('AWS_SESSION_TOKEN') } : {}
  const key = {
    id: credentials.get('AWS_ACCESS_KEY_ID'),
    secret: credentials.get('AWS_SECRET_ACCESS_KEY'),
    region: settings.region,
    ...session,
  }
  const signed = signS3({ method, url: new URL(address), headers, sha256 }, key, clock())
  return http.request(address, { method, headers: signed, signal, retries: 4, ...body })
}
