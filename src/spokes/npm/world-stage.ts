import { randomUUID } from 'node:crypto'
import type { WorldRequest, WorldStore } from '../world.ts'
import { json, load, mayWrite, refuse, userOf } from './world-state.ts'

/** A version that waits for approval, and the document that publishes it. */
export interface StagedVersion {
  id: string
  packageName: string
  version: string
  tag: string
  status: 'pending'
  createdAt: string
  shasum: string
  document: unknown
}

/** The requests of `npm stage`. `publish` is what an approval does. */
export async function stage(
  request: WorldRequest,
  store: WorldStore,
  parts: string[],
  publish: (document: unknown) => Promise<Response>,
): Promise<Response> {
  const user = userOf(request, store)
  if (user === undefined) return refuse(401, 'Unauthorized')
  const all = store.read<StagedVersion[]>('staged') ?? []
  const [first = '', second = ''] = parts
  if (request.method === 'POST' && first === 'package') return add(request, store, second, all)
  // A workflow may put in, and not look or decide.
  if (user.package !== undefined) return refuse(403, 'Forbidden')
  if (first === '') {
    const items = all.filter((one) => one.packageName === request.query.get('package')).map(shown)
    return json({ items, total: items.length })
  }
  const found = all.find((one) => one.id === first)
  if (found === undefined) return refuse(404, 'Not found')
  if (request.method === 'GET') return json(shown(found))
  const otp = request.headers.get('npm-otp')
  if (otp === null || otp === '') {
    return json({ error: 'You must provide a one-time pass.' }, 401, undefined, { 'www-authenticate': 'OTP' })
  }
  store.write(
    'staged',
    all.filter((one) => one !== found),
  )
  if (request.method === 'DELETE') return json({ ok: true })
  return second === 'approve' ? publish(found.document) : refuse(404, 'Not found')
}

async function add(request: WorldRequest, store: WorldStore, name: string, all: StagedVersion[]): Promise<Response> {
  const document = JSON.parse((await request.body()).toString()) as {
    versions?: Record<string, { version: string; dist: { shasum: string } }>
    'dist-tags'?: Record<string, string>
  }
  const [version] = Object.values(document.versions ?? {})
  const user = userOf(request, store)
  if (version === undefined || user === undefined) return refuse(400, 'exactly one version is staged at a time')
  const doc = load(store, name)
  // To stage no second factor is asked for.
  const denied = mayWrite({ ...user, otp: false }, doc, name, store)
  if (denied !== undefined) return denied
  const taken = all.some((one) => one.packageName === name && one.version === version.version)
  if (taken) return refuse(409, `version ${version.version} is staged already`)
  if (doc?.versions?.[version.version] !== undefined) {
    return refuse(403, `You cannot publish over the previously published versions: ${version.version}.`)
  }
  const one: StagedVersion = {
    id: randomUUID(),
    packageName: name,
    version: version.version,
    tag: Object.keys(document['dist-tags'] ?? {})[0] ?? 'latest',
    status: 'pending',
    createdAt: new Date().toISOString(),
    shasum: version.dist.shasum,
    document,
  }
  store.write('staged', [...all, one])
  return json({ stageId: one.id }, 201)
}

function shown({ document: _, ...one }: StagedVersion): Omit<StagedVersion, 'document'> {
  return one
}
