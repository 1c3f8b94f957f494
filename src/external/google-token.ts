import { sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { TagonceError } from '../core/errors.ts'
import { keepSecret } from '../core/secrets.ts'
import type { Http } from './http.ts'
import { isLoopback } from './http-route.ts'

const TOKEN_URI = 'https://oauth2.googleapis.com/token'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

const address = z.string().refine((one) => URL.canParse(one) && (one.startsWith('https://') || isLoopback(one)), {
  message: 'is no address with https',
})
const schema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('service_account'),
    client_email: z.string(),
    private_key: z.string(),
    private_key_id: z.string().optional(),
    token_uri: address.default(TOKEN_URI),
  }),
  z.object({
    type: z.literal('authorized_user'),
    client_id: z.string(),
    client_secret: z.string(),
    refresh_token: z.string(),
    token_uri: address.default(TOKEN_URI),
  }),
  z.object({
    type: z.literal('external_account'),
    audience: z.string(),
    subject_token_type: z.string(),
    token_url: address,
    service_account_impersonation_url: address.optional(),
    credential_source: z.object({
      file: z.string().optional(),
      url: address.optional(),
      headers: z.record(z.string(), z.string()).optional(),
      format: z.object({ type: z.string(), subject_token_field_name: z.string().optional() }).optional(),
    }),
  }),
])
export type GoogleCredential = z.infer<typeof schema>

export interface TokenIO {
  http: Http
  clock: () => Date
  signal: AbortSignal
}

export interface GoogleToken {
  token: string
  /** Milliseconds since 1970. */
  expires: number
}

/**
 * Reads a credential of Google: a key of a service account, a user's login (`gcloud auth application-default login`), or a federated
 * identity (what google-github-actions/auth writes). `given`: a path, or the JSON itself. Throws `credentials`; never shows the path, as
 * the variable that holds it counts as a secret.
 */
export async function readGoogleCredential(given: string, variable: string): Promise<GoogleCredential> {
  const fail = (what: string, cause?: unknown): TagonceError =>
    new TagonceError('credentials', `${variable}: ${what}`, {
      hint: `set ${variable} to the path of a key of a service account, or of application_default_credentials.json`,
      cause,
    })
  let value: unknown
  try {
    value = JSON.parse(given.trimStart().startsWith('{') ? given : await readFile(given, 'utf8'))
  } catch (cause) {
    if (cause instanceof SyntaxError) throw fail('the file is no JSON')
    throw fail((cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'not readable', cause)
  }
  const result = schema.safeParse(value)
  if (result.success) {
    for (const secret of secretsOf(result.data)) keepSecret(secret)
    return result.data
  }
  const [issue] = result.error.issues
  const place = (issue?.path ?? []).map(String).join('.')
  if (place === 'type') {
    const type = String((value as { type?: unknown } | null)?.type)
    throw fail(
      `credentials of the type ${type} are not known; service_account, authorized_user and external_account are`,
    )
  }
  throw fail(`\`${place}\` of the credential ${place === '' ? 'is missing' : (issue?.message ?? 'is wrong')}`)
}

function secretsOf(credential: GoogleCredential): string[] {
  if (credential.type === 'service_account') return [credential.private_key]
  if (credential.type === 'authorized_user') return [credential.client_secret, credential.refresh_token]
  return Object.values(credential.credential_source.headers ?? {})
}

/**
 * An access token for a scope. Throws `credentials` where Google refuses the credential.
 * @example (await googleToken(credential, 'https://www.googleapis.com/auth/devstorage.read_write', io)).token
 */
export async function googleToken(credential: GoogleCredential, scope: string, io: TokenIO): Promise<GoogleToken> {
  if (credential.type === 'external_account') return federated(credential, scope, io)
  const { token_uri: uri } = credential
  if (credential.type === 'authorized_user') {
    const { client_id, client_secret, refresh_token } = credential
    return ask(uri, { grant_type: 'refresh_token', client_id, client_secret, refresh_token }, io)
  }
  const assertion = assertionOf(credential, scope, io.clock())
  return ask(uri, { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }, io)
}

/** developers.google.com/identity/protocols/oauth2/service-account, "Preparing to make an authorized API call". */
function assertionOf(key: GoogleCredential & { type: 'service_account' }, scope: string, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000)
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = { alg: 'RS256', typ: 'JWT', ...(key.private_key_id === undefined ? {} : { kid: key.private_key_id }) }
  const said = `${part(head)}.${part({ iss: key.client_email, scope, aud: key.token_uri, iat, exp: iat + 3600 })}`
  try {
    return `${said}.${sign('sha256', Buffer.from(said), key.private_key).toString('base64url')}`
  } catch (cause) {
    throw new TagonceError('credentials', 'the `private_key` of the service account is no key in PEM', {
      hint: 'download a new key of the service account, and keep its line breaks',
      cause,
    })
  }
}

/** Workload identity federation: google.aip.dev/auth/4117. */
async function federated(
  credential: GoogleCredential & { type: 'external_account' },
  scope: string,
  io: TokenIO,
): Promise<GoogleToken> {
  const { audience, subject_token_type, token_url, service_account_impersonation_url: impersonated } = credential
  const wide = 'https://www.googleapis.com/auth/cloud-platform'
  const first = await ask(
    token_url,
    {
      grant_type: EXCHANGE,
      audience,
      scope: impersonated === undefined ? scope : wide,
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token_type,
      subject_token: await subjectToken(credential.credential_source, io),
    },
    io,
  )
  if (impersonated === undefined) return first
  const answer = await io.http.request(impersonated, {
    method: 'POST',
    headers: { authorization: `Bearer ${first.token}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ scope: [scope] }),
    signal: io.signal,
    retries: 4,
  })
  if (!answer.ok) throw await refused(answer)
  const { accessToken, expireTime } = (await answer.json()) as { accessToken: string; expireTime: string }
  keepSecret(accessToken)
  return { token: accessToken, expires: Date.parse(expireTime) }
}

async function subjectToken(
  { file, url, headers = {}, format }: (GoogleCredential & { type: 'external_account' })['credential_source'],
  { http, signal }: TokenIO,
): Promise<string> {
  const text = await (async () => {
    if (file !== undefined) return readFile(file, 'utf8')
    if (url === undefined)
      throw new TagonceError(
        'credentials',
        'the `credential_source` of the federated identity has neither `url` nor `file`',
        {
          hint: 'use google-github-actions/auth, or a key of a service account',
        },
      )
    const answer = await http.request(url, { headers, signal })
    if (!answer.ok) throw await refused(answer)
    return answer.text()
  })()
  const field = format?.type === 'json' ? (format.subject_token_field_name ?? '') : undefined
  const token = field === undefined ? text.trim() : ((JSON.parse(text) as Record<string, string>)[field] ?? '')
  keepSecret(token)
  return token
}

async function ask(url: string, form: Record<string, string>, { http, clock, signal }: TokenIO): Promise<GoogleToken> {
  const answer = await http.request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
    signal,
    // Asking for a token changes nothing.
    retries: 4,
  })
  if (!answer.ok) throw await refused(answer)
  const { access_token: token, expires_in: seconds = 3600 } = (await answer.json()) as {
    access_token: string
    expires_in?: number
  }
  keepSecret(token)
  return { token, expires: clock().getTime() + seconds * 1000 }
}

async function refused(answer: Response): Promise<TagonceError> {
  const text = await answer.text()
  const said = (() => {
    try {
      const { error, error_description } = JSON.parse(text) as {
        error?: string | { message?: string }
        error_description?: string
      }
      const inner = typeof error === 'object' ? error.message : error
      return [inner, error_description].filter((one) => one !== undefined).join(': ')
    } catch {
      return ''
    }
  })()
  return new TagonceError('credentials', `Google refuses the credential: ${said === '' ? answer.status : said}`, {
    hint: text.includes('invalid_grant')
      ? 'it has expired or was taken back: make a new key, or run `gcloud auth application-default login` again; a wrong clock does this, too'
      : 'look at the credential that GOOGLE_APPLICATION_CREDENTIALS names',
  })
}
