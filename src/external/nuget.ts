import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { TagonceError } from '../core/errors.ts'
import type { Http } from './http.ts'
import { readAtom } from './nuget-atom.ts'
import { readV3 } from './nuget-v3.ts'
import { type NugetVersion, versionOf } from './nuget-version.ts'

export type { NugetVersion } from './nuget-version.ts'

/** Where a NuGet feed is read and pushed to. */
export interface NugetAddresses {
  /** Root of an OData v2 feed, with a slash at its end; or the `index.json` of a v3 feed. */
  read: string
  /** Packages are put here. Empty for v3: its index says it. */
  push: string
}

/** What a feed said to a write. */
export interface NugetAnswer {
  status: number
  url: string
  /** Its words: the reason phrase, else the title or the text of the body. */
  message: string
}

/**
 * A NuGet feed, v2 or v3. Reads give undefined for what is not there; what can't be read throws `network`. Statuses of writes are
 * answers.
 * @example await nugetFeed(http, { read: 'https://community.chocolatey.org/api/v2/', push: '' }).find('hello', '1.2.3')
 */
export function nugetFeed(http: Http, { read, push }: NugetAddresses) {
  const v3 = isV3(read)
  const pushTo = async (): Promise<string> => (v3 ? (await readV3(http, read)).push : push)
  return {
    /** One version. */
    find: async (id: string, version: string): Promise<NugetVersion | undefined> =>
      v3 ? (await readV3(http, read)).find(id, version) : findV2(http, read, id, version),
    /** Versions that the feed lists for everybody; none where it does not know the package. */
    versions: async (id: string): Promise<NugetVersion[]> =>
      v3 ? (await readV3(http, read)).versions(id) : versionsV2(http, read, id),
    /** Sends a package, once; the caller looks at the world before it sends again. */
    push: async (file: { path: string; size: number; name: string }, key: string): Promise<NugetAnswer> => {
      const url = await pushTo()
      const [head, tail] = multipart(file.name)
      const response = await http.request(url, {
        method: 'PUT',
        headers: { 'x-nuget-apikey': key, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
        body: () => Readable.from(around(head, file.path, tail)),
        length: head.length + file.size + tail.length,
        retries: 0,
      })
      return answerOf(url, response)
    },
    /** Takes a version off the lists; on nuget.org it stays installable by its number. */
    unlist: async (id: string, version: string, key: string): Promise<NugetAnswer> => {
      const url = `${(await pushTo()).replace(/\/$/, '')}/${encodeURIComponent(id)}/${encodeURIComponent(version)}`
      return answerOf(url, await http.request(url, { method: 'DELETE', headers: { 'x-nuget-apikey': key } }))
    },
  }
}

export type NugetFeed = ReturnType<typeof nugetFeed>

/** Whether an address is that of a v3 feed (its service index). */
export function isV3(address: string): boolean {
  return /\/index\.json$/i.test(address)
}

async function findV2(http: Http, read: string, id: string, version: string): Promise<NugetVersion | undefined> {
  const url = `${read}Packages(Id='${literal(id)}',Version='${literal(version)}')`
  const text = await atom(http, url)
  const entry = text === undefined ? undefined : readAtom(url, text).entries[0]
  return entry === undefined ? undefined : versionOf(entry, url, read)
}

/** A feed of a broken server could name pages without end. */
const MOST_PAGES = 100

async function versionsV2(http: Http, read: string, id: string): Promise<NugetVersion[]> {
  const found: NugetVersion[] = []
  let url: string | undefined = `${read}FindPackagesById()?id='${literal(id)}'`
  for (let page = 0; url !== undefined && page < MOST_PAGES; page++) {
    const from: string = url
    const text = await atom(http, from)
    const { entries, next } = text === undefined ? { entries: [] } : readAtom(from, text)
    found.push(...entries.map((one) => versionOf(one, from, read)))
    url = next
  }
  return found
}

/** The text of an answer; undefined where there is nothing. */
async function atom(http: Http, url: string): Promise<string | undefined> {
  const response = await http.request(url, { headers: { accept: 'application/atom+xml,application/xml' } })
  if (response.status === 200) return response.text()
  const { status, message } = await answerOf(url, response)
  if (status === 404) return undefined
  throw new TagonceError('network', `${url} answered ${status}${message === '' ? '' : ` (${message})`}`, {
    hint: status === 406 ? 'the feed refuses the query' : 'run the same command again later',
  })
}

/** A text in an address of OData: quotes are doubled. */
function literal(text: string): string {
  return encodeURIComponent(text.replaceAll("'", "''"))
}

/** Servers put their words into the reason phrase, or into a page's title. */
async function answerOf(url: string, response: Response): Promise<NugetAnswer> {
  const body = await response.text()
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1]?.trim()
  const plain = /[<{]/.test(body) ? '' : body.trim()
  const phrase = /^(?:ok|created|accepted|bad request|forbidden|not found|conflict|unauthorized|)$/i.test(
    response.statusText,
  )
    ? ''
    : response.statusText
  return { status: response.status, url, message: (phrase || title || plain).slice(0, 300) }
}

/** No byte of a package can stand for it: it is text that a zip does not hold. */
const BOUNDARY = '----tagonce-nuget-push-6f1d2c7a9b3e4850'

function multipart(name: string): [Buffer, Buffer] {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="package"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`
  return [Buffer.from(head), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]
}

async function* around(head: Buffer, path: string, tail: Buffer): AsyncGenerator<Buffer> {
  yield head
  yield* createReadStream(path) as AsyncIterable<Buffer>
  yield tail
}
