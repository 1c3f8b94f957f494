import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { zipMember, zipMembers } from '../../formats/zip-reader.ts'
import type { WorldRequest, WorldStore } from '../world.ts'
import { normalVersion } from './feed.ts'
import { blobOf, isPrerelease, isPublic, load, moderationOf, ownerOf, save, versionsOf } from './world-state.ts'

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Takes a package as the gallery does, and refuses what it refuses; its words stand in the reason phrase. */
export async function push(request: WorldRequest, store: WorldStore): Promise<Response> {
  const key = request.headers.get('x-nuget-apikey') ?? ''
  if (!GUID.test(key)) return says(400, 'The API key is not a valid GUID')
  const owner = ownerOf(key, store)
  if (owner === undefined) return says(403, 'The specified API key does not provide the authority to push packages.')
  const bytes = firstPart(await request.body(), request.headers.get('content-type') ?? '')
  if (bytes === undefined) return says(400, 'No package in the request')
  const upload = store.blob(`incoming/${createHash('sha256').update(bytes).digest('hex')}`)
  await writeFile(upload, bytes)
  const facts = await nuspecOf(upload)
  if (facts === undefined) return says(500, 'Internal Server Error')
  const { id = '', version = '', title = '', authors = '', description = '', tags = '' } = facts
  if (id === '' || version !== normalVersion(version)) return says(400, `The version ${version} is not normalized`)
  if (title.length > 256 || description.length > 4000) return says(409, 'Title or description is too long.')
  const all = versionsOf(store, id)
  if (all.some((one) => one.owner !== owner)) {
    return says(403, 'The specified API key does not provide the authority to push packages.')
  }
  const before = load(store, id, version)
  if (before !== undefined && before.status !== 'Submitted') {
    return says(409, `A package with id '${id}' and version '${version}' already exists and cannot be modified.`)
  }
  const approved = all.some((one) => isPublic(one) && !isPrerelease(one.version))
  if (before === undefined && !approved && all.some((one) => one.status === 'Submitted')) {
    const words = `The package ${id} has a previous version in a submitted state, and no approved stable releases.`
    return says(403, `${words} Please work to have the existing package version approved or rejected first.`)
  }
  const { status = 'Approved', submitted = 'Ready' } = moderationOf(store)
  const sha512 = createHash('sha512').update(bytes).digest('base64')
  const common = { id, version, title, authors, description, tags, owner, size: bytes.length, sha512 }
  await writeFile(blobOf(store, { id, version }), bytes)
  save(store, { ...common, status, submitted: before === undefined ? submitted : 'Updated', listed: true })
  return new Response(null, { status: 201 })
}

export function unlist(request: WorldRequest, store: WorldStore, id: string, version: string): Response {
  if (moderationOf(store).noUnlist === true) return says(405, 'Method Not Allowed')
  const owner = ownerOf(request.headers.get('x-nuget-apikey') ?? '', store)
  const known = load(store, id, version)
  if (owner === undefined || (known !== undefined && known.owner !== owner)) {
    return says(403, 'The specified API key does not provide the authority to delete packages.')
  }
  if (known === undefined) return says(404, `A package with id '${id}' and version '${version}' does not exist.`)
  save(store, { ...known, listed: false })
  return new Response(null, { status: 204 })
}

/** Clients show the reason phrase; browsers get a page of the same title. */
function says(status: number, words: string): Response {
  const page = `<html><head><title>${words}</title></head><body>${words}</body></html>`
  return new Response(page, { status, statusText: words, headers: { 'content-type': 'text/html' } })
}

/** The first part of a form; its name does not matter. */
function firstPart(body: Buffer, type: string): Buffer | undefined {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) return undefined
  const start = body.indexOf('\r\n\r\n')
  const end = body.indexOf(`\r\n--${boundary}`, start)
  return start === -1 || end === -1 ? undefined : body.subarray(start + 4, end)
}

async function nuspecOf(path: string): Promise<Record<string, string | undefined> | undefined> {
  try {
    const name = (await zipMembers(path)).find((one) => /^[^/]+\.nuspec$/.test(one.name))?.name
    const chunks: Uint8Array[] = []
    for await (const chunk of zipMember(path, name ?? '')) chunks.push(chunk)
    const metadata = parseXml(Buffer.concat(chunks).toString()).root?.children.find(
      (one) => one instanceof XmlElement && one.name === 'metadata',
    )
    if (!(metadata instanceof XmlElement)) return undefined
    const elements = metadata.children.filter((one) => one instanceof XmlElement)
    return Object.fromEntries(elements.map((one) => [one.name, one.text]))
  } catch {
    // No zip, or no XML in it: the gallery fails on such a package.
    return undefined
  }
}
