import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { TagonceError } from '../core/errors.ts'
import type { SigstoreBundle } from '../formats/sigstore-bundle.ts'
import type { Http, RequestOptions } from './http.ts'

/** Public address of the registry, as it stands in content. */
export const NPM_REGISTRY = 'https://registry.npmjs.org'

/** A version in a packument: its package.json and where its bytes are. */
export interface NpmVersion {
  name: string
  version: string
  deprecated?: string
  dist: {
    integrity?: string
    shasum: string
    tarball: string
    /** Where the statements about it are; absent where there are none. */
    attestations?: { url: string; provenance?: { predicateType: string } }
    [key: string]: unknown
  }
  [key: string]: unknown
}

/** A package's whole document (packument). */
export interface Packument {
  _id?: string
  _rev?: string
  name: string
  'dist-tags'?: Record<string, string>
  versions?: Record<string, NpmVersion>
  /** Times of all versions that ever were; `unpublished` where none is left. */
  time?: Record<string, unknown> & { unpublished?: { versions?: string[] } }
  maintainers?: { name: string }[]
  [key: string]: unknown
}

/** What the registry said: the document, or a status that the caller explains. */
export interface Answer<T> {
  status: number
  url: string
  body: T | undefined
  /** What it says in words, where it refused: the `error` of its JSON. */
  message: string
  headers: Headers
}

/** A tarball on disk and what the registry wants to know of it. */
export interface NpmTarball {
  path: string
  size: number
  /** `sha512-<base64>`. */
  integrity: string
  /** sha1, hex. */
  shasum: string
  /** The package.json inside. */
  manifest: { name: string; version: string; description?: string; [key: string]: unknown }
}

export interface PublishOptions {
  tag: string
  access: 'public' | 'restricted'
  staged: boolean
  /** Says where the tarball was built; the registry checks it. */
  provenance: SigstoreBundle | undefined
}

/** What is attested of a version: the publisher's provenance, and the registry's own word. */
export interface NpmAttestations {
  attestations?: { predicateType: string; bundle: Partial<SigstoreBundle> }[]
}

/** The escaped name in a path: the slash of a scope is data. */
function escapedName(name: string): string {
  return name.replace('/', '%2f')
}

/**
 * The npm registry's requests, one function each. Statuses are answers; only a broken connection throws.
 * `token` gives what goes into `Authorization: Bearer`, per package, or undefined to ask without.
 */
export function npmRegistry(http: Http, token: (name: string) => Promise<string | undefined>) {
  async function ask<T>(name: string, path: string, options: RequestOptions = {}): Promise<Answer<T>> {
    const url = `${NPM_REGISTRY}/${path}`
    const bearer = await token(name)
    const headers = {
      accept: 'application/json',
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...options.headers,
    }
    const response = await http.request(url, { ...options, headers })
    return answer<T>(url, response)
  }
  const json = (value: unknown): Pick<RequestOptions, 'body' | 'headers'> => ({
    body: JSON.stringify(value),
    headers: { 'content-type': 'application/json' },
  })
  return {
    /** `write`: past every cache, with the revision that a change needs. */
    packument: (name: string, write = false) =>
      ask<Packument>(name, `${escapedName(name)}${write ? '?write=true' : ''}`, {
        headers: { 'cache-control': 'no-cache' },
      }),
    whoami: () => ask<{ username: string }>('', '-/whoami'),
    collaborators: (name: string) => ask<Record<string, string>>(name, `-/package/${escapedName(name)}/collaborators`),
    visibility: (name: string) => ask<{ public: boolean }>(name, `-/package/${escapedName(name)}/visibility`),
    distTags: (name: string) =>
      ask<Record<string, string>>(name, `-/package/${escapedName(name)}/dist-tags`, {
        headers: { 'cache-control': 'no-cache' },
      }),
    setDistTag: (name: string, tag: string, version: string) =>
      ask<unknown>(name, `-/package/${escapedName(name)}/dist-tags/${encodeURIComponent(tag)}`, {
        method: 'PUT',
        ...json(version),
      }),
    /** Versions that wait for a person to approve them. */
    staged: (name: string) =>
      ask<{ items?: { version?: string; packageVersion?: string; status?: string }[] }>(
        name,
        `-/stage?package=${encodeURIComponent(name)}&page=0&perPage=100`,
      ),
    /** A token for one package, for the identity of a workflow: https://docs.npmjs.com/trusted-publishers */
    exchange: (name: string, identity: string) =>
      ask<{ token?: string }>(name, `-/npm/v1/oidc/token/exchange/package/${escapedName(name)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${identity}` },
        // It changes nothing: the same may be asked again.
        retries: 4,
      }),
    /** The signed statements about a version. */
    attestations: (name: string, version: string) =>
      ask<NpmAttestations>(name, `-/npm/v1/attestations/${escapedName(name)}@${version}`),
    /** Publishes a tarball under a tag, or sends it to be approved (`staged`); the body is streamed. */
    publish: (tarball: NpmTarball, options: PublishOptions) => {
      const { name } = tarball.manifest
      const { staged } = options
      const [head, tail] = publishDocument(tarball, options)
      const length = head.length + 4 * Math.ceil(tarball.size / 3) + tail.length
      const path = staged ? `-/stage/package/${escapedName(name)}` : escapedName(name)
      return ask<unknown>(name, path, {
        method: staged ? 'POST' : 'PUT',
        body: () => Readable.from(around(head, tarball.path, tail)),
        length,
        headers: { 'content-type': 'application/json' },
        retries: 0,
      })
    },
    /** Sends a changed packument back (deprecation). */
    replace: (doc: Packument) => ask<unknown>(doc.name, escapedName(doc.name), { method: 'PUT', ...json(doc) }),
    replaceRevision: (doc: Packument, revision: string) =>
      ask<unknown>(doc.name, `${escapedName(doc.name)}/-rev/${revision}`, { method: 'PUT', ...json(doc) }),
    removeAll: (name: string, revision: string) =>
      ask<unknown>(name, `${escapedName(name)}/-rev/${revision}`, { method: 'DELETE' }),
    removeTarball: (name: string, tarball: string, revision: string) =>
      ask<unknown>(name, `${new URL(tarball).pathname.slice(1)}/-rev/${revision}`, { method: 'DELETE' }),
    /** A tarball's bytes, as an install fetches them: npm goes to a registry of https by https, whatever stands there. */
    tarball: async (name: string, address: string): Promise<Response> => {
      const own = `http://${new URL(NPM_REGISTRY).host}/`
      const url = address.startsWith(own) ? address.replace('http:', 'https:') : address
      const bearer = await token(name)
      return http.request(url, bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } })
    },
  }
}

export type NpmRegistry = ReturnType<typeof npmRegistry>

async function answer<T>(url: string, response: Response): Promise<Answer<T>> {
  const text = await response.text()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = undefined
  }
  const said = body as { error?: unknown; message?: unknown } | undefined
  const words = typeof said?.error === 'string' ? said.error : typeof said?.message === 'string' ? said.message : text
  const ok = response.status >= 200 && response.status < 300
  if (ok && body === undefined && text.trim() !== '') {
    throw new TagonceError('network', `${url} answered ${response.status}, but not with JSON`, {
      hint: 'something between here and the registry answers in its place',
    })
  }
  return {
    status: response.status,
    url,
    body: ok ? (body as T) : undefined,
    message: ok ? '' : words.slice(0, 300),
    headers: response.headers,
  }
}

/** The document of a publish, cut where the tarball's base64 goes. Its shape is that of npm 12. */
function publishDocument(tarball: NpmTarball, { tag, access, provenance }: PublishOptions): [Buffer, Buffer] {
  const { manifest } = tarball
  const { name, version } = manifest
  const file = `${name}-${version}.tgz`
  const document = {
    _id: name,
    name,
    description: manifest.description,
    'dist-tags': { [tag]: version },
    versions: {
      [version]: {
        ...manifest,
        _id: `${name}@${version}`,
        // npm sends the http form; the registry makes its own address of it.
        dist: {
          integrity: tarball.integrity,
          shasum: tarball.shasum,
          tarball: `${NPM_REGISTRY.replace('https:', 'http:')}/${name}/-/${file}`,
        },
      },
    },
    access,
    _attachments: {
      [file]: { content_type: 'application/octet-stream', data: '', length: tarball.size },
      ...(provenance === undefined ? {} : { [`${name}-${version}.sigstore`]: bundleAttachment(provenance) }),
    },
  }
  const whole = JSON.stringify(document)
  const at = whole.lastIndexOf('"data":""') + '"data":"'.length
  return [Buffer.from(whole.slice(0, at)), Buffer.from(whole.slice(at))]
}

/** A bundle goes as its text, not in base64. */
function bundleAttachment(bundle: SigstoreBundle): { content_type: string; data: string; length: number } {
  const data = JSON.stringify(bundle)
  return { content_type: bundle.mediaType, data, length: data.length }
}

async function* around(head: Buffer, path: string, tail: Buffer): AsyncGenerator<Buffer> {
  yield head
  // Base64 takes three bytes at a time, so a remainder waits for the next chunk.
  let rest = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 192 * 1024 }) as AsyncIterable<Buffer>) {
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const cut = whole.length - (whole.length % 3)
    if (cut > 0) yield Buffer.from(whole.toString('base64', 0, cut), 'latin1')
    rest = Buffer.from(whole.subarray(cut))
  }
  if (rest.length > 0) yield Buffer.from(rest.toString('base64'), 'latin1')
  yield tail
}
