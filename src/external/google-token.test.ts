import { generateKeyPairSync, verify } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Events } from '../core/events.ts'
import { redact } from '../core/secrets.ts'
import { tempFolder } from '../core/temp.ts'
import { googleToken, readGoogleCredential } from './google-token.ts'
import { createHttp } from './http.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write'
const NOW = new Date('2026-01-02T03:04:05Z')

const asked: { path: string; body: string; authorization: string | undefined }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    const path = request.url ?? ''
    asked.push({ path, body, authorization: request.headers.authorization })
    const refused = path === '/refused'
    const answer = refused
      ? { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }
      : path === '/identity'
        ? { value: 'identity-of-the-job' }
        : path === '/impersonate'
          ? { accessToken: 'token-of-account', expireTime: '2026-01-02T04:04:05Z' }
          : { access_token: 'token-of-google', expires_in: 3599 }
    response.writeHead(refused ? 400 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
})
let origin = ''
let folder: Awaited<ReturnType<typeof tempFolder>>
beforeAll(async () => {
  folder = await tempFolder('google-token')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  await folder[Symbol.asyncDispose]()
})

async function tokenOf(credential: object): Promise<{ token: string; expires: number }> {
  asked.length = 0
  const path = join(folder.path, 'credential.json')
  await writeFile(path, JSON.stringify(credential))
  const { signal } = new AbortController()
  const http = createHttp({ routes: {}, signal, events: new Events(), userAgent: 'tagonce/test', offline: true })
  return googleToken(await readGoogleCredential(path, 'CREDENTIAL'), SCOPE, { http, clock: () => NOW, signal })
}
const account = (more: object = {}): object => ({
  type: 'service_account',
  client_email: 'releaser@acme.iam.gserviceaccount.com',
  private_key: PEM,
  private_key_id: 'key-1',
  token_uri: `${origin}/token`,
  ...more,
})

test('a service account signs what it asks with its key', async () => {
  expect(await tokenOf(account())).toEqual({ token: 'token-of-google', expires: NOW.getTime() + 3_599_000 })
  const form = new URLSearchParams(asked[0]?.body)
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [head = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  expect(verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })
  const iat = NOW.getTime() / 1000
  const iss = 'releaser@acme.iam.gserviceaccount.com'
  expect(read(claims)).toEqual({ iss, scope: SCOPE, aud: `${origin}/token`, iat, exp: iat + 3600 })
  // What Google gave is masked from now on.
  expect(redact('Bearer token-of-google')).toBe('Bearer ***')
})

test('a login of a user is renewed', async () => {
  const user = { client_id: 'id', client_secret: 'secret-of-user', refresh_token: 'refresh-of-user' }
  await tokenOf({ type: 'authorized_user', ...user, token_uri: `${origin}/token` })
  expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toEqual({ grant_type: 'refresh_token', ...user })
})

test('the identity of a workflow is exchanged, and stands for a service account where one is named', async () => {
  // As google-github-actions/auth writes it.
  const credential = {
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/github',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${origin}/sts`,
    credential_source: {
      url: `${origin}/identity`,
      headers: { Authorization: 'Bearer of-the-runner' },
      format: { type: 'json', subject_token_field_name: 'value' },
    },
  }
  expect((await tokenOf(credential)).token).toBe('token-of-google')
  expect(asked.map((one) => one.path)).toEqual(['/identity', '/sts'])
  expect(asked[0]?.authorization).toBe('Bearer of-the-runner')
  const form = new URLSearchParams(asked[1]?.body)
  expect([form.get('subject_token'), form.get('scope')]).toEqual(['identity-of-the-job', SCOPE])
  const named = { ...credential, service_account_impersonation_url: `${origin}/impersonate` }
  expect(await tokenOf(named)).toEqual({ token: 'token-of-account', expires: Date.parse('2026-01-02T04:04:05Z') })
  expect(asked.at(-1)).toMatchObject({
    authorization: 'Bearer token-of-google',
    body: JSON.stringify({ scope: [SCOPE] }),
  })
})

test.each([
  [() => account({ token_uri: `${origin}/refused` }), /refuses the credential: invalid_grant: Invalid JWT Signature/],
  [() => account({ private_key: 'nonsense-for-a-key' }), /is no key in PEM/],
  [() => account({ private_key: undefined }), /`private_key` of the credential/],
  [() => account({ token_uri: 'http://example.org/token' }), /`token_uri` of the credential is no address with https/],
  [() => ({ type: 'gdch_service_account' }), /the type gdch_service_account are not known/],
])('what is wrong with a credential is told, without it', async (credential, message) => {
  const said = await tokenOf(credential()).then(
    () => '',
    (error: unknown) => String(error),
  )
  expect(said).toMatch(message)
  expect(said).not.toMatch(/nonsense|PRIVATE KEY/)
})

test('a file that is not there or no JSON is told by the name of the variable', async () => {
  await expect(readGoogleCredential(join(folder.path, 'none.json'), 'CREDENTIAL')).rejects.toThrow(
    'CREDENTIAL: there is no such file',
  )
  await writeFile(join(folder.path, 'text.json'), 'no json')
  await expect(readGoogleCredential(join(folder.path, 'text.json'), 'CREDENTIAL')).rejects.toThrow(
    'the file is no JSON',
  )
})
