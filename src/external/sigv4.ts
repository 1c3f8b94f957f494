import { createHash, createHmac } from 'node:crypto'

export interface SigningKey {
  id: string
  secret: string
  session?: string
  region: string
}

/**
 * The headers of a request to S3, signed with Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). All
 * headers given are signed. `sha256` is that of the body, in hex.
 * @param now moment of the request; S3 refuses one that is off by more than a quarter of an hour
 */
export function signS3(
  request: { method: string; url: URL; headers: Record<string, string>; sha256: string },
  key: SigningKey,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const day = time.slice(0, 8)
  const own: Record<string, string> = {
    ...Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value.trim()])),
    host: request.url.host,
    'x-amz-content-sha256': request.sha256,
    'x-amz-date': time,
    ...(key.session === undefined ? {} : { 'x-amz-security-token': key.session }),
  }
  const names = Object.keys(own).toSorted()
  const canonical = [
    request.method,
    request.url.pathname,
    // Parameters are not used.
    '',
    ...names.map((name) => `${name}:${own[name]}`),
    '',
    names.join(';'),
    request.sha256,
  ].join('\n')
  const scope = `${day}/${key.region}/s3/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const hmac = (secret: string | Buffer, text: string): Buffer => createHmac('sha256', secret).update(text).digest()
  const signing = [day, key.region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${key.secret}`)
  const signature = createHmac('sha256', signing).update(toSign).digest('hex')
  const { host: _, ...sent } = own
  const authorization = `AWS4-HMAC-SHA256 Credential=${key.id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  return { ...sent, authorization }
}

/** A key of an object as a path: every byte but those that S3 leaves alone is escaped. */
export function objectPath(key: string): string {
  const escape = (one: string): string =>
    encodeURIComponent(one).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  return key.split('/').map(escape).join('/')
}
