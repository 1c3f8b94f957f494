import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { TagonceError } from '../core/errors.ts'
import type { Http, RequestOptions } from './http.ts'
import type { PypiAttestation } from '../formats/pypi-attestation.ts'
import { type PypiFile, simpleLinks } from './pypi-simple.ts'

export type { PypiFile } from './pypi-simple.ts'

/** Where an index is reached: public addresses. */
export interface PypiAddress {
  kind: 'pypi' | 'testpypi' | 'other'
  upload: string
  simple: string
}

/** A project's page of the simple index. */
export interface PypiProject {
  /** `active`, `archived`, `quarantined`, `deprecated`. */
  status: string
  files: PypiFile[]
}

/** What the index said: what was asked for, or a status that the caller explains. */
export interface PypiAnswer<T> {
  status: number
  url: string
  body: T | undefined
  /** What it says in words, where it refused: the reason phrase, or the text of the page. */
  message: string
}

/** A file to be uploaded, with the fields of the form. */
export interface PypiUpload {
  path: string
  size: number
  filename: string
  sha256: string
  fields: [name: string, value: string][]
}

/** Who published a file, and the signed statements about it: https://peps.python.org/pep-0740/#provenance-objects */
export interface PypiProvenance {
  attestation_bundles?: { publisher?: Record<string, unknown>; attestations?: Partial<PypiAttestation>[] }[]
}

const SIMPLE_JSON = 'application/vnd.pypi.simple.v1+json'

interface SimpleJson {
  'project-status'?: { status?: string }
  files?: {
    filename?: string
    url?: string
    hashes?: { sha256?: string }
    yanked?: boolean | string
    'upload-time'?: string
    provenance?: string | null
  }[]
}

interface ReleaseJson {
  info?: { version?: string; yanked?: boolean }
  urls?: {
    filename?: string
    url?: string
    digests?: { sha256?: string }
    yanked?: boolean
    yanked_reason?: string | null
    upload_time_iso_8601?: string
  }[]
}

/**
 * The requests of a Python package index, one function each. Statuses are answers; only a broken connection throws.
 * `authorization` gives the header of whoever may write (and, in a private index, read), or undefined to ask without.
 */
export function pypiIndex(http: Http, index: PypiAddress, authorization: () => Promise<string | undefined>) {
  /** Origin of the JSON API and of trusted publishing, which only PyPI and TestPyPI have. */
  const origin = new URL(index.simple).origin
  const ask = async (url: string, options: RequestOptions = {}): Promise<Response> => {
    // A private index wants to know who reads; nobody else is told.
    const own = index.kind === 'other' && new URL(url).origin === origin ? await authorization() : undefined
    const headers = {
      'cache-control': 'no-cache',
      ...(own === undefined ? {} : { authorization: own }),
      ...options.headers,
    }
    return http.request(url, { ...options, headers })
  }
  const json = async <T>(url: string, options: RequestOptions = {}): Promise<PypiAnswer<T>> => {
    const response = await ask(url, { ...options, headers: { accept: 'application/json', ...options.headers } })
    const text = await response.text()
    const body = parsed(text)
    if (response.ok && body === undefined) {
      throw new TagonceError('network', `${url} answered ${response.status}, but not with JSON`, {
        hint: 'something between here and the index answers in its place',
      })
    }
    return { ...told(url, response, text), body: response.ok ? (body as T) : undefined }
  }
  return {
    /** The page that installers read: JSON of PyPI, HTML of others, since not all of them have JSON (PEP 691, PEP 503). */
    async project(name: string): Promise<PypiAnswer<PypiProject>> {
      const url = `${index.simple}/${name}/`
      if (index.kind !== 'other') {
        const answer = await json<SimpleJson>(url, { headers: { accept: SIMPLE_JSON } })
        return { ...answer, body: answer.body === undefined ? undefined : projectOf(answer.body, url) }
      }
      const response = await ask(url, { headers: { accept: 'application/vnd.pypi.simple.v1+html, text/html;q=0.5' } })
      const text = await response.text()
      const body = response.ok ? { status: 'active', files: simpleLinks(text, url) } : undefined
      return { ...told(url, response, text), body }
    },
    /** What the JSON API lists for one version. */
    async release(name: string, version: string): Promise<PypiAnswer<PypiFile[]>> {
      const answer = await json<ReleaseJson>(`${origin}/pypi/${name}/${version}/json`)
      return { ...answer, body: answer.body === undefined ? undefined : (answer.body.urls ?? []).flatMap(fileOf) }
    },
    /** What PyPI shows as the project's version. */
    async latest(name: string): Promise<PypiAnswer<string>> {
      const answer = await json<ReleaseJson>(`${origin}/pypi/${name}/json`)
      return { ...answer, body: answer.body?.info?.version }
    },
    /** Sends a file; the body is streamed. */
    async upload(file: PypiUpload): Promise<PypiAnswer<string>> {
      const boundary = `tagonce-${file.sha256.slice(0, 40)}`
      const [head, tail] = formParts(file, boundary)
      const own = await authorization()
      const response = await http.request(index.upload, {
        method: 'POST',
        body: () => Readable.from(around(head, file.path, tail)),
        length: head.length + file.size + tail.length,
        headers: {
          'content-type': `multipart/form-data; boundary=${boundary}`,
          ...(own === undefined ? {} : { authorization: own }),
        },
        retries: 0,
      })
      const text = await response.text()
      return { ...told(index.upload, response, text), body: response.ok ? text : undefined }
    },
    /** For whom a workflow has to ask its token. */
    audience: () => json<{ audience?: string }>(`${origin}/_/oidc/audience`),
    /** Changes the token of a workflow for one that may upload; uses it up. */
    mint: (token: string) =>
      json<{ token?: string; expires?: number }>(`${origin}/_/oidc/mint-token`, {
        method: 'POST',
        body: JSON.stringify({ token }),
        headers: { 'content-type': 'application/json' },
        retries: 0,
      }),
    /** The statements about a file: https://docs.pypi.org/api/integrity/ */
    provenance: (name: string, version: string, filename: string) =>
      json<PypiProvenance>(`${origin}/integrity/${name}/${version}/${filename}/provenance`, {
        headers: { accept: 'application/vnd.pypi.integrity.v1+json' },
      }),
    /** A file's bytes, as an installer fetches them. */
    file: (url: string): Promise<Response> => ask(url),
  }
}

export type PypiIndex = ReturnType<typeof pypiIndex>

function projectOf(page: SimpleJson, base: string): PypiProject {
  const files = (page.files ?? []).flatMap((one): PypiFile[] => {
    if (one.filename === undefined || one.url === undefined || !URL.canParse(one.url, base)) return []
    const { hashes, yanked = false } = one
    return [
      {
        filename: one.filename,
        url: new URL(one.url, base).href,
        yanked,
        ...(hashes?.sha256 === undefined ? {} : { sha256: hashes.sha256 }),
        ...(one['upload-time'] === undefined ? {} : { uploaded: one['upload-time'] }),
        ...(typeof one.provenance === 'string' ? { provenance: one.provenance } : {}),
      },
    ]
  })
  return { status: page['project-status']?.status ?? 'active', files }
}

function fileOf(one: NonNullable<ReleaseJson['urls']>[number]): PypiFile[] {
  if (one.filename === undefined || one.url === undefined) return []
  return [
    {
      filename: one.filename,
      url: one.url,
      yanked: one.yanked === true ? one.yanked_reason || true : false,
      ...(one.digests?.sha256 === undefined ? {} : { sha256: one.digests.sha256 }),
      ...(one.upload_time_iso_8601 === undefined ? {} : { uploaded: one.upload_time_iso_8601 }),
    },
  ]
}

/** PyPI puts its words into the reason phrase; where a proxy took that away, they stand in the page. */
function told(url: string, response: Response, text: string): Omit<PypiAnswer<never>, 'body'> {
  const { status, statusText } = response
  if (response.ok) return { status, url, message: '' }
  const body = parsed(text) as { message?: string; errors?: { code?: string; description?: string }[] } | undefined
  const errors = (body?.errors ?? []).map((one) => `${one.code ?? ''}: ${one.description ?? ''}`).join('; ')
  const plain = text
    .replaceAll(/<(style|script|title)[^]*?<\/\1>|<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const usual = /^(bad request|forbidden|not found|unauthorized|)$/i.test(statusText)
  const words = errors || body?.message || (usual ? plain || statusText : statusText)
  return { status, url, message: words.slice(0, 400) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The form of an upload, cut where the file's bytes go (https://docs.pypi.org/api/upload/). */
function formParts(file: PypiUpload, boundary: string): [Buffer, Buffer] {
  const fields: [string, string][] = [
    [':action', 'file_upload'],
    ['protocol_version', '1'],
    ['filetype', 'bdist_wheel'],
    ['pyversion', 'py3'],
    ['sha256_digest', file.sha256],
    ...file.fields,
  ]
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const last = `--${boundary}\r\nContent-Disposition: form-data; name="content"; filename="${file.filename}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  return [Buffer.from(parts.join('') + last), Buffer.from(`\r\n--${boundary}--\r\n`)]
}

async function* around(head: Buffer, path: string, tail: Buffer): AsyncGenerator<Buffer> {
  yield head
  yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
  yield tail
}
