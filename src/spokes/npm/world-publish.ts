import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { clean } from 'semver'
import validateName from 'validate-npm-package-name'
import type { NpmVersion, Packument } from '../../external/npm-registry.ts'
import { NPM_REGISTRY } from '../../external/npm-registry.ts'
import type { SigstoreBundle } from '../../formats/sigstore-bundle.ts'
import { gunzip } from '../../formats/gzip.ts'
import { tarMember } from '../../formats/tar-reader.ts'
import type { WorldRequest, WorldStore } from '../world.ts'
import { tagProblem } from './dist-tags.ts'
import { checkedBundle, keepBundle, registrySignature } from './world-provenance.ts'
import { blobOf, json, load, mayWrite, refuse, save, userOf } from './world-state.ts'
import type { RegistryUser } from './world-state.ts'

interface Attachment {
  content_type?: string
  data?: string
  length?: number
}

/** A string of V8 holds half a gibibyte. */
const MOST = 500 * 1024 * 1024

/** PUT of a package's document: a new version, a deprecation, or (with a revision) the first step of an unpublish. */
export async function putDocument(
  request: WorldRequest,
  store: WorldStore,
  name: string,
  revision?: string,
): Promise<Response> {
  const bytes = await request.body()
  if (bytes.length > MOST) return refuse(413, 'Payload Too Large')
  let sent: Packument & { _attachments?: Record<string, Attachment> }
  try {
    sent = JSON.parse(bytes.toString()) as typeof sent
  } catch {
    return refuse(400, 'invalid JSON')
  }
  const user = userOf(request, store)
  if (user === undefined) return refuse(401, 'You must be logged in to publish packages.')
  if (sent.name !== name || (sent['_id'] ?? name) !== name) return refuse(400, 'package name mismatch')
  const attachments = Object.entries(sent['_attachments'] ?? {}).filter(([file]) => file.endsWith('.tgz'))
  const [attachment] = attachments
  if (attachment === undefined) return change(store, name, sent, user, revision)
  const version = await checkedVersion(sent, attachments)
  if (version instanceof Response) return version
  const file = `${name}-${version.version}.sigstore`
  const bundle = await checkedBundle(sent, version, sent['_attachments']?.[file])
  if (bundle instanceof Response) return bundle
  // Nothing is awaited from here on: two publishes at once are one after the other.
  return add(store, sent, { version, bundle, tarball: Buffer.from(attachment[1].data ?? '', 'base64') }, user)
}

interface Checked {
  version: NpmVersion
  tarball: Buffer
  bundle: SigstoreBundle | undefined
}

function add(store: WorldStore, sent: Packument, { version, tarball, bundle }: Checked, user: RegistryUser): Response {
  const { name } = sent
  const doc = load(store, name)
  const denied = mayWrite(user, doc, name, store)
  if (denied !== undefined) return denied
  if (doc?.versions?.[version.version] !== undefined) {
    return refuse(403, `You cannot publish over the previously published versions: ${version.version}.`)
  }
  if (
    doc?.time?.[version.version] !== undefined ||
    doc?.time?.unpublished?.versions?.includes(version.version) === true
  ) {
    return refuse(403, `Cannot publish over previously published version "${version.version}".`)
  }
  const now = new Date().toISOString()
  writeFileSync(store.blob(blobOf(name, version.version)), tarball)
  const file = `${name.split('/').at(-1) ?? name}-${version.version}.tgz`
  const dist = {
    ...version.dist,
    tarball: `${NPM_REGISTRY}/${name}/-/${file}`,
    ...keepBundle(store, version, bundle),
    ...registrySignature(version),
  }
  const stored = { ...version, dist }
  const { unpublished: _, ...time } = doc?.time ?? {}
  save(store, {
    ...doc,
    _id: name,
    name,
    description: sent['description'],
    // The first version of a package becomes `latest` under whatever tag it came.
    'dist-tags': { latest: version.version, ...doc?.['dist-tags'], ...sent['dist-tags'] },
    versions: { ...doc?.versions, [version.version]: stored },
    time: { created: now, ...time, modified: now, [version.version]: now },
    maintainers: doc?.maintainers ?? [{ name: user.name }],
    access: doc?.['access'] ?? sent['access'] ?? 'public',
  })
  return json({ success: true })
}

/** The one version of a publish, after the checks of the registry. */
async function checkedVersion(sent: Packument, attachments: [string, Attachment][]): Promise<NpmVersion | Response> {
  const versions = Object.values(sent.versions ?? {})
  const [version] = versions
  if (version === undefined || versions.length !== 1 || attachments.length !== 1)
    return refuse(400, 'exactly one version is published at a time')
  const { name } = sent
  const names = validateName(name)
  if (!names.validForNewPackages) return refuse(400, [...(names.errors ?? []), ...(names.warnings ?? [])].join('; '))
  if (clean(version.version) !== version.version) return refuse(400, `invalid version: ${version.version}`)
  if (version.name !== name) return refuse(400, 'package name mismatch')
  if (!name.startsWith('@') && sent['access'] === 'restricted')
    return refuse(400, 'unscoped packages cannot be restricted')
  const tags = Object.entries(sent['dist-tags'] ?? {})
  if (tags.length === 0 || tags.some(([, at]) => at !== version.version))
    return refuse(400, 'dist-tags must name the version')
  if (tags.some(([tag]) => tagProblem(tag)?.includes('range') === true))
    return refuse(400, 'Tag name must not be a valid SemVer range')
  const [file, attachment] = attachments[0] ?? ['', {}]
  if (file !== `${name}-${version.version}.tgz`) return refuse(400, `unexpected attachment ${file}`)
  const bytes = Buffer.from(attachment.data ?? '', 'base64')
  if (bytes.length !== attachment.length) return refuse(400, 'attachment length mismatch')
  const hash = (algorithm: string, encoding: 'hex' | 'base64'): string =>
    createHash(algorithm).update(bytes).digest(encoding)
  if (version.dist.shasum !== hash('sha1', 'hex')) return refuse(400, 'shasum mismatch')
  if (version.dist.integrity !== `sha512-${hash('sha512', 'base64')}`) return refuse(400, 'integrity mismatch')
  return (await innerProblem(bytes, version)) ?? version
}

/** The package.json inside must say what the document says. */
async function innerProblem(bytes: Buffer, version: NpmVersion): Promise<Response | undefined> {
  try {
    const chunks: Uint8Array[] = []
    async function* whole(): AsyncGenerator<Uint8Array> {
      yield bytes
    }
    for await (const chunk of tarMember(gunzip(whole()), 'package/package.json')) chunks.push(chunk)
    const inner = JSON.parse(Buffer.concat(chunks).toString()) as { name?: string; version?: string }
    if (inner.name === version.name && inner.version === version.version) return undefined
    return refuse(400, 'package.json in the tarball names another package')
  } catch (error) {
    return refuse(400, `unreadable tarball: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** A document without a tarball: deprecations, or versions taken out. */
function change(store: WorldStore, name: string, sent: Packument, user: RegistryUser, revision?: string): Response {
  const doc = load(store, name)
  if (doc === undefined) return refuse(404, 'Not found')
  const denied = mayWrite(user, doc, name, store)
  if (denied !== undefined) return denied
  if ((revision ?? sent['_rev']) !== doc['_rev']) return refuse(409, 'Document update conflict.')
  const versions = doc.versions ?? {}
  if (Object.keys(sent.versions ?? {}).some((one) => versions[one] === undefined))
    return refuse(400, 'a version without a tarball')
  const kept = Object.entries(versions).flatMap(([version, manifest]): [string, NpmVersion][] => {
    const now = sent.versions?.[version]
    if (now === undefined) return revision === undefined ? [[version, manifest]] : []
    const { deprecated: _, ...rest } = manifest
    return [[version, now.deprecated ? { ...rest, deprecated: now.deprecated } : rest]]
  })
  save(store, {
    ...doc,
    versions: Object.fromEntries(kept),
    ...(revision === undefined ? {} : { 'dist-tags': sent['dist-tags'] ?? {} }),
  })
  return json({ ok: true })
}
