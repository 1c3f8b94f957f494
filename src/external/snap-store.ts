import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { TagonceError } from '../core/errors.ts'
import type { Http, RequestOptions } from './http.ts'
import { authorizationOf, type SnapCredentials } from './snap-macaroon.ts'

/** The store's hosts (snapcraft, `store/constants.py`). */
const DASHBOARD = 'https://dashboard.snapcraft.io'
const STORAGE = 'https://storage.snapcraftcontent.com'
const LOGIN = 'https://login.ubuntu.com'
const PUBLIC = 'https://api.snapcraft.io'

/** What the store said: the document, or a refusal that the caller explains. */
export interface SnapAnswer<T> {
  status: number
  url: string
  body: T | undefined
  /** Codes and words of its `error_list`. */
  code: string
  message: string
}

export interface Whoami {
  account?: { email?: string; name?: string; username?: string }
  permissions?: string[] | null
  /** Channels that may be released to, as globs; none = all. */
  channels?: string[] | null
  /** Without a zone: UTC. null = never. */
  expires?: string | null
}

export interface SnapRevision {
  revision: number
  version: string
  architectures: string[]
  'sha3-384': string
  size?: number
  /** Published, Unpublished, ManualReviewPending, NeedsInformation, AutomaticallyRejected, Rejected, … */
  status: string
}

export interface SnapRelease {
  architecture: string
  /** `latest/stable`, or `stable` as the store writes it for the track latest. */
  channel: string
  /** null = closed. */
  revision: number | null
  when?: string
}

/** One row of the public channel map. */
export interface ChannelRow {
  channel: { name: string; track: string; risk: string; architecture: string }
  revision: number
  version: string
  download: { 'sha3-384': string; size?: number; url: string }
}

export interface UploadStatus {
  code: string
  processed?: boolean
  revision?: number | string | null
  errors?: { message?: string }[]
}

/**
 * The Snap store's requests, one function each. Statuses are answers; only a broken connection throws.
 * Without credentials only what is public can be asked.
 */
export function snapStore(http: Http, credentials?: SnapCredentials) {
  let current = credentials
  async function ask<T>(url: string, options: RequestOptions = {}): Promise<SnapAnswer<T>> {
    if (current === undefined) throw new TagonceError('internal', `${url} needs credentials`)
    const send = async (as: SnapCredentials): Promise<SnapAnswer<T>> => {
      const headers = { accept: 'application/json', authorization: authorizationOf(as), ...options.headers }
      return answerOf<T>(url, await http.request(url, { ...options, headers }))
    }
    const answer = await send(current)
    if (answer.code !== 'macaroon-needs-refresh' || current.kind !== 'u1') return answer
    // Discharges live for a day; the root stays good.
    const renewed = await answerOf<{ discharge_macaroon?: string }>(
      `${LOGIN}/api/v2/tokens/refresh`,
      await http.request(`${LOGIN}/api/v2/tokens/refresh`, {
        method: 'POST',
        ...json({ discharge_macaroon: current.discharge }),
        retries: 2,
      }),
    )
    const discharge = renewed.body?.discharge_macaroon
    if (discharge === undefined) return answer
    current = { ...current, discharge }
    return send(current)
  }
  return {
    whoami: () => ask<Whoami>(`${DASHBOARD}/api/v2/tokens/whoami`),
    /** Whether a snap of this name could be pushed; nothing is changed. */
    mayPush: (name: string) =>
      ask<unknown>(`${DASHBOARD}/dev/api/snap-push/`, { method: 'POST', ...json({ name, dry_run: true }) }),
    account: () =>
      ask<{ snaps?: Record<string, Record<string, { 'snap-id': string }>> }>(`${DASHBOARD}/dev/api/account`),
    /** One page of what was uploaded and released, the newest first. */
    releases: (name: string, page: number) =>
      ask<{ releases?: SnapRelease[]; revisions?: SnapRevision[] }>(
        `${DASHBOARD}/api/v2/snaps/${encodeURIComponent(name)}/releases?page=${page}&size=${PAGE}`,
      ),
    /** Stores the bytes; gives the id that `push` needs. They belong to nobody until then. */
    upload: async (file: { path: string; size: number; name: string }) => {
      const url = `${STORAGE}/unscanned-upload/`
      const [head, tail] = multipart(file.name)
      const response = await http.request(url, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
        body: () => Readable.from(around(head, file.path, tail)),
        length: head.length + file.size + tail.length,
        retries: 2,
        deadline: 3_600_000,
      })
      return answerOf<{ successful?: boolean; upload_id?: string }>(url, response)
    },
    /** Gives the bytes to a snap, and has them reviewed. Not released anywhere: a review may end after a newer version is out. */
    push: (name: string, uploadId: string, size: number) =>
      ask<{ status_details_url?: string }>(`${DASHBOARD}/dev/api/snap-push/`, {
        method: 'POST',
        ...json({ name, series: '16', updown_id: uploadId, binary_filesize: size, source_uploaded: false }),
        retries: 0,
      }),
    status: (url: string) => ask<UploadStatus>(url),
    release: (name: string, revision: number, channels: string[]) =>
      ask<unknown>(`${DASHBOARD}/dev/api/snap-release/`, {
        method: 'POST',
        ...json({ name, revision: String(revision), channels }),
        // Repeatable: the same revision in the same channel changes nothing.
        retries: 2,
      }),
    close: (snapId: string, channels: string[]) =>
      ask<unknown>(`${DASHBOARD}/dev/api/snaps/${encodeURIComponent(snapId)}/close`, {
        method: 'POST',
        ...json({ channels }),
        retries: 2,
      }),
    /** What everybody sees. 404 for what is unknown or private. */
    channelMap: async (name: string) => {
      const fields = 'channel-map,revision,version,download'
      const url = `${PUBLIC}/v2/snaps/info/${encodeURIComponent(name)}?fields=${fields}`
      const headers = { accept: 'application/json', 'snap-device-series': '16' }
      return answerOf<{ 'channel-map'?: ChannelRow[] }>(url, await http.request(url, { headers }))
    },
  }
}

export type SnapStore = ReturnType<typeof snapStore>

/** The most that the store gives at once. */
export const PAGE = 500

function json(value: unknown): Pick<RequestOptions, 'body' | 'headers'> {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } }
}

async function answerOf<T>(url: string, response: Response): Promise<SnapAnswer<T>> {
  const text = await response.text()
  const { status } = response
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  const ok = status >= 200 && status < 300
  if (ok && body === undefined && text.trim() !== '') {
    throw new TagonceError('network', `${url} answered ${status}, but not with JSON`, {
      hint: 'something between here and the store answers in its place; run the same command again later',
    })
  }
  const said = body as { error_list?: unknown; 'error-list'?: unknown; code?: unknown } | undefined
  const list = said?.error_list ?? said?.['error-list']
  const errors = Array.isArray(list) ? (list as { code?: string; message?: string }[]) : []
  return {
    status,
    url,
    body: ok ? (body as T) : undefined,
    code: errors[0]?.code ?? (typeof said?.code === 'string' && !ok ? said.code : ''),
    message: errors
      .map((one) => one.message ?? one.code ?? '')
      .join('; ')
      .slice(0, 300),
  }
}

/** Text that no squashfs image holds by chance. */
const BOUNDARY = '----tagonce-snap-upload-2c9d4b7e1f6a8350'

function multipart(name: string): [Buffer, Buffer] {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="binary"; filename="${name.replaceAll('"', '')}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  return [Buffer.from(head), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]
}

async function* around(head: Buffer, path: string, tail: Buffer): AsyncGenerator<Buffer> {
  yield head
  yield* createReadStream(path) as AsyncIterable<Buffer>
  yield tail
}
