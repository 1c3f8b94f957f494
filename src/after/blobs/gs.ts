import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { TagonceError } from '../../core/errors.ts'
import { keepSecret } from '../../core/secrets.ts'
import { googleToken, readGoogleCredential } from '../../external/google-token.ts'
import type { RequestOptions } from '../../external/http.ts'
import type { ChannelIO } from '../../spokes/spoke.ts'
import { type BlobUnit, found, md5Of, type Protocol, type Written } from './bucket.ts'
import { oneToken } from './one-token.ts'
import type { BlobSettings } from './settings.ts'

export const GOOGLE_CREDENTIALS = 'GOOGLE_APPLICATION_CREDENTIALS'
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write'
const NEEDED = ['storage.objects.create', 'storage.objects.get']

/** As Google's clients do it: one request up to here, and parts of this size above. A multiple of 256 KiB. */
const PART = 16 * 1024 * 1024

/** Google's storage, by its JSON API: cloud.google.com/storage/docs/json_api/v1. */
export const gs: Protocol = {
  credentials: ({ access }) => (access === 'none' ? [] : [GOOGLE_CREDENTIALS]),
  async probe(settings, io) {
    const { bucket, access } = settings
    const at = `${origin(settings)}/storage/v1/b/${bucket}`
    const query = new URLSearchParams(NEEDED.map((one): [string, string] => ['permissions', one])).toString()
    // Emulators know no rights.
    const url = access === 'none' ? at : `${at}/iam/testPermissions?${query}`
    const answer = await ask(settings, url, {}, io)
    if (answer.status === 404) return found('bucket', `there is no bucket ${bucket} at Google`, MEND[404] ?? '')
    if (!answer.ok) {
      const said = await saidBy(answer)
      return found('bucket', `the bucket ${bucket} can't be asked: ${said}`, MEND[answer.status] ?? MEND_OTHER)
    }
    if (access === 'none') return []
    const { permissions = [] } = (await answer.json()) as { permissions?: string[] }
    const lacking = NEEDED.filter((one) => !permissions.includes(one))
    if (lacking.length === 0) return []
    return found('rights', `the credential lacks ${lacking.join(' and ')} for the bucket ${bucket}`, MEND[403] ?? '')
  },
  async look({ settings, key }, io) {
    const { bucket } = settings
    const url = `${origin(settings)}/storage/v1/b/${bucket}/o/${encodeURIComponent(key)}?fields=size,md5Hash`
    const answer = await ask(settings, url, {}, io)
    if (answer.status === 404) {
      const said = await saidBy(answer)
      if (!/bucket/i.test(said)) return { kind: 'absent' }
      return { kind: 'refused', what: 'the object is asked for: 404', reason: `${said} (${MEND[404] ?? ''})` }
    }
    if (!answer.ok) {
      const reason = `${await saidBy(answer)} (${MEND[answer.status] ?? MEND_OTHER})`
      return { kind: 'refused', what: `the object is asked for: ${answer.status}`, reason }
    }
    const { size, md5Hash } = (await answer.json()) as { size: string; md5Hash?: string }
    return { kind: 'there', size: Number(size), ...(md5Hash === undefined ? {} : { md5: md5Hash }) }
  },
  async put(unit, written, hub, io) {
    const { settings, key, artifact } = unit
    const object = {
      bucket: settings.bucket,
      name: key,
      contentType: written.contentType,
      // What arrives is held against it.
      md5Hash: await md5Of(artifact.name, hub),
      ...(written.cacheControl === '' ? {} : { cacheControl: written.cacheControl }),
      ...(written.disposition === '' ? {} : { contentDisposition: written.disposition }),
    }
    const answer = await (artifact.size <= PART ? atOnce : inParts)(unit, JSON.stringify(object), written, io)
    // Somebody was faster, or an answer was lost: what is there is looked at next.
    if (answer.ok || (answer.status === 412 && written.create)) return void (await answer.text())
    throw new TagonceError('spoke', `${unit.address}: ${await saidBy(answer)}`, {
      hint: MEND[answer.status] ?? MEND_OTHER,
    })
  },
}

const MEND_OTHER = 'look at the bucket and at the credential'
const MEND: Record<number, string> = {
  401: `Google does not know the credential any more: make a new one for ${GOOGLE_CREDENTIALS}`,
  403: 'give the account the role roles/storage.objectUser on the bucket',
  404: 'make the bucket, or mend `blobs[].bucket`',
}

function uploads({ settings }: BlobUnit, type: string, { create }: Written): string {
  const query = new URLSearchParams({ uploadType: type, ...(create ? { ifGenerationMatch: '0' } : {}) }).toString()
  return `${origin(settings)}/upload/storage/v1/b/${settings.bucket}/o?${query}`
}

/** cloud.google.com/storage/docs/uploading-objects, "multipart". */
function atOnce(unit: BlobUnit, object: string, written: Written, io: ChannelIO): Promise<Response> {
  const edge = `tagonce-${randomUUID()}`
  const head = `--${edge}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${object}\r\n--${edge}\r\nContent-Type: ${written.contentType}\r\n\r\n`
  const tail = `\r\n--${edge}--\r\n`
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from(head)
    for await (const chunk of createReadStream(written.path)) yield chunk as Buffer
    yield Buffer.from(tail)
  }
  return ask(
    unit.settings,
    uploads(unit, 'multipart', written),
    {
      method: 'POST',
      headers: { 'content-type': `multipart/related; boundary=${edge}` },
      body: () => Readable.from(whole()),
      length: Buffer.byteLength(head) + unit.artifact.size + tail.length,
      retries: 4,
    },
    io,
  )
}

/** cloud.google.com/storage/docs/performing-resumable-uploads; parts that were taken already may be sent again. */
async function inParts(unit: BlobUnit, object: string, written: Written, io: ChannelIO): Promise<Response> {
  const { size } = unit.artifact
  const begun = await ask(
    unit.settings,
    uploads(unit, 'resumable', written),
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=UTF-8',
        'x-upload-content-type': written.contentType,
        'x-upload-content-length': `${size}`,
      },
      body: object,
      retries: 4,
    },
    io,
  )
  const location = begun.headers.get('location')
  if (!begun.ok) return begun
  if (location === null) throw new TagonceError('spoke', `${unit.address}: Google names no address for the upload`)
  // Who has it may write.
  keepSecret(new URL(location).searchParams.get('upload_id') ?? undefined)
  for (let start = 0; ;) {
    const end = Math.min(start + PART, size) - 1
    const from = start
    const answer = await io.http.request(location, {
      method: 'PUT',
      headers: { 'content-range': `bytes ${start}-${end}/${size}` },
      body: () => createReadStream(written.path, { start: from, end }),
      length: end - start + 1,
      signal: io.signal,
      retries: 4,
    })
    if (answer.status !== 308) return answer
    const taken = /^bytes=0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1]
    const next = taken === undefined ? 0 : Number(taken) + 1
    if (next <= start) throw new TagonceError('network', `${unit.address}: the upload does not get on`)
    start = next
  }
}

const tokenOf = oneToken(async (io) => {
  const credential = await readGoogleCredential(io.credentials.get(GOOGLE_CREDENTIALS), GOOGLE_CREDENTIALS)
  return googleToken(credential, SCOPE, io)
})

async function ask(settings: BlobSettings, url: string, options: RequestOptions, io: ChannelIO): Promise<Response> {
  const token = settings.access === 'none' ? {} : { authorization: `Bearer ${await tokenOf(io)}` }
  const headers = { accept: 'application/json', ...token, ...options.headers }
  return io.http.request(url, { ...options, headers, signal: io.signal })
}

function origin({ base }: BlobSettings): string {
  return new URL(base).origin
}

async function saidBy(answer: Response): Promise<string> {
  const text = await answer.text()
  const code = `Google answers ${answer.status}`
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } }
    return error?.message === undefined ? code : `${code}: ${error.message}`
  } catch {
    return text === '' ? code : `${code}: ${text.slice(0, 200)}`
  }
}
