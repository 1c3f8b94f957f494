import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { TagonceError } from '../../core/errors.ts'
import { AZURE_VERSION, azureParts, signAzure } from '../../external/azure-storage.ts'
import type { RequestOptions } from '../../external/http.ts'
import type { ChannelIO, Finding } from '../../spokes/spoke.ts'
import { entraToken } from './azure-entra.ts'
import { type BlobUnit, found, md5Of, type Protocol, type Written } from './bucket.ts'
import type { BlobSettings } from './settings.ts'

/** Up to here in one request, and in blocks of this size above (50 000 at most: 3 TiB). */
const BLOCK = 64 * 1024 * 1024

const NAMES: Record<BlobSettings['access'], string[]> = {
  key: ['AZURE_STORAGE_KEY'],
  sas: ['AZURE_STORAGE_SAS_TOKEN'],
  connection: ['AZURE_STORAGE_CONNECTION_STRING'],
  client: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'],
  none: [],
}

/** Azure's storage: learn.microsoft.com/rest/api/storageservices/blob-service-rest-api. */
export const azblob: Protocol = {
  credentials: ({ access, account }) => [...(account === '' ? ['AZURE_STORAGE_ACCOUNT'] : []), ...NAMES[access]],
  async probe(settings, io) {
    const expired = settings.access === 'sas' ? sasFault(io.credentials.get('AZURE_STORAGE_SAS_TOKEN'), io) : []
    if (expired.length > 0) return expired
    // A name that nothing has: with it a SAS that may not list tells as much as a key does.
    const { status, headers } = await send(settings, `${settings.base}/tagonce-probe`, { method: 'HEAD' }, io)
    const code = headers.get('x-ms-error-code') ?? `${status}`
    if (status === 200 || code === 'BlobNotFound') return []
    return found('bucket', `the container ${settings.bucket} can't be asked: Azure answers ${code}`, mendOf(code))
  },
  async look({ settings, address }, io) {
    const { status, headers } = await send(settings, address, { method: 'HEAD' }, io)
    const code = headers.get('x-ms-error-code') ?? `${status}`
    if (status === 404 && code !== 'ContainerNotFound') return { kind: 'absent' }
    if (status !== 200) {
      return { kind: 'refused', what: `HEAD answers ${code}`, reason: `Azure answers ${code} (${mendOf(code)})` }
    }
    const md5 = headers.get('content-md5')
    return { kind: 'there', size: Number(headers.get('content-length')), ...(md5 === null ? {} : { md5 }) }
  },
  async put(unit, written, hub, io) {
    const { settings, address, artifact } = unit
    const md5 = await md5Of(artifact.name, hub)
    const kept = {
      'x-ms-blob-content-type': written.contentType,
      'x-ms-blob-content-md5': md5,
      ...(written.cacheControl === '' ? {} : { 'x-ms-blob-cache-control': written.cacheControl }),
      ...(written.disposition === '' ? {} : { 'x-ms-blob-content-disposition': written.disposition }),
      ...(written.create ? { 'if-none-match': '*' } : {}),
    }
    const options: RequestOptions =
      artifact.size <= BLOCK
        ? {
            // The server holds what arrives against it.
            headers: { ...kept, 'x-ms-blob-type': 'BlockBlob', 'content-md5': md5 },
            body: () => createReadStream(written.path),
            length: artifact.size,
          }
        : { headers: { ...kept, 'content-type': 'application/xml' }, body: await blocks(unit, written, io) }
    const url = artifact.size <= BLOCK ? address : `${address}?comp=blocklist`
    const answer = await send(settings, url, { method: 'PUT', retries: 4, ...options }, io)
    // Somebody was faster, or an answer was lost: what is there is looked at next.
    if (written.create && (answer.status === 409 || answer.status === 412)) {
      if (await isThere(answer)) return
    }
    await mustBe(201, answer, address)
  },
}

async function isThere(answer: Response): Promise<boolean> {
  const code = answer.headers.get('x-ms-error-code')
  if (code !== 'BlobAlreadyExists' && code !== 'ConditionNotMet') return false
  await answer.text()
  return true
}

/** Sends the blocks; the document that names them in their order. */
async function blocks({ settings, address, artifact }: BlobUnit, { path }: Written, io: ChannelIO): Promise<string> {
  const ids: string[] = []
  for (let start = 0; start < artifact.size; start += BLOCK) {
    const end = Math.min(start + BLOCK, artifact.size) - 1
    const id = Buffer.from(String(ids.length).padStart(8, '0')).toString('base64')
    const hash = createHash('md5')
    for await (const chunk of createReadStream(path, { start, end })) hash.update(chunk as Buffer)
    const query = new URLSearchParams({ comp: 'block', blockid: id }).toString()
    const answer = await send(
      settings,
      `${address}?${query}`,
      {
        method: 'PUT',
        headers: { 'content-md5': hash.digest('base64') },
        body: () => createReadStream(path, { start, end }),
        length: end - start + 1,
        retries: 4,
      },
      io,
    )
    await mustBe(201, answer, address)
    ids.push(id)
  }
  const latest = ids.map((id) => `<Latest>${id}</Latest>`).join('')
  return `<?xml version="1.0" encoding="utf-8"?><BlockList>${latest}</BlockList>`
}

async function mustBe(status: number, answer: Response, address: string): Promise<void> {
  const said = await answer.text()
  if (answer.status === status) return
  const code = answer.headers.get('x-ms-error-code') ?? `${answer.status}`
  throw new TagonceError('spoke', `${address}: Azure answers ${code}`, {
    hint: mendOf(code),
    output: said.slice(0, 2000),
  })
}

const MEND: Record<string, string> = {
  ContainerNotFound: 'make the container, or mend `blobs[].bucket`',
  AuthenticationFailed: 'the key or SAS is another one, or has expired; a wrong clock does this, too',
  AuthorizationFailure: 'the account admits no requests from here, or no keys: look at its networking and access',
  AuthorizationPermissionMismatch:
    'the credential needs to read, create and write (SAS: sp=rcw; role: Storage Blob Data Contributor)',
  AuthorizationResourceTypeMismatch: 'the SAS needs objects among its resource types: srt=o',
  InsufficientAccountPermissions: 'the credential needs to read, create and write (SAS: sp=rcw)',
  AccountIsDisabled: 'the account is disabled',
  KeyBasedAuthenticationNotPermitted:
    'the account takes no keys: use AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET',
  403: 'the credential may not do that: it needs to read, create and write',
  404: 'make the container, or mend `blobs[].bucket`',
}

function mendOf(code: string): string {
  return MEND[code] ?? 'look at the account, the container and the credential'
}

/** What stands in a SAS itself: learn.microsoft.com/rest/api/storageservices/create-service-sas. */
function sasFault(sas: string, io: ChannelIO): Finding[] {
  const fields = new URLSearchParams(sas.replace(/^\?/, ''))
  const [ends, rights] = [fields.get('se'), fields.get('sp')]
  const make = 'make a new one with the rights r, c and w, and set AZURE_STORAGE_SAS_TOKEN'
  if (ends !== null && Date.parse(ends) <= io.clock().getTime()) {
    return found('credential', `the SAS in AZURE_STORAGE_SAS_TOKEN has expired on ${ends.slice(0, 10)}`, make)
  }
  const lacks = rights === null ? [] : ['r', 'w'].filter((one) => !rights.includes(one))
  if (lacks.length === 0) return []
  return found('rights', `the SAS in AZURE_STORAGE_SAS_TOKEN lacks the right ${lacks.join(' and ')}`, make)
}

async function send(settings: BlobSettings, to: string, options: RequestOptions, io: ChannelIO): Promise<Response> {
  const { method = 'GET', body } = options
  const length = options.length ?? (typeof body === 'string' ? Buffer.byteLength(body) : 0)
  const headers = {
    'x-ms-version': AZURE_VERSION,
    'x-ms-date': io.clock().toUTCString(),
    ...options.headers,
  }
  const way = await accessOf(settings, io)
  const url = 'sas' in way ? `${to}${to.includes('?') ? '&' : '?'}${way.sas}` : to
  const signed =
    'key' in way
      ? signAzure({ method, url: new URL(url), headers, length }, way)
      : { ...headers, ...('token' in way ? { authorization: `Bearer ${way.token}` } : {}) }
  return io.http.request(url, { ...options, headers: signed, signal: io.signal })
}

type Way = { account: string; key: string } | { sas: string } | { token: string }

async function accessOf({ access, account }: BlobSettings, io: ChannelIO): Promise<Way> {
  const { credentials } = io
  if (access === 'client') return { token: await entraToken(io) }
  if (access === 'sas') return { sas: credentials.get('AZURE_STORAGE_SAS_TOKEN').replace(/^\?/, '') }
  if (access !== 'connection') {
    return { account: account || credentials.get('AZURE_STORAGE_ACCOUNT'), key: credentials.get('AZURE_STORAGE_KEY') }
  }
  const [first, second] = ['AZURE_STORAGE_CONNECTION_STRING', 'AZURE_STORAGEBLOB_CONNECTIONSTRING'] as const
  const parts = azureParts(credentials.get(credentials.has(first) ? first : second))
  const [key, sas] = [parts['AccountKey'], parts['SharedAccessSignature']]
  if (key !== undefined) return { account, key }
  if (sas !== undefined) return { sas }
  throw new TagonceError('credentials', `${first} has neither AccountKey nor SharedAccessSignature`, {
    hint: 'copy it whole from the access keys of the storage account',
  })
}
