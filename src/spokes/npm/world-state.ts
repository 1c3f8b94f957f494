import { randomBytes } from 'node:crypto'
import type { Packument } from '../../external/npm-registry.ts'
import { madeUpClaims } from '../shared/world-identity.ts'
import type { WorldRequest, WorldStore } from '../world.ts'

/** Who a token belongs to. */
export interface RegistryUser {
  name: string
  readonly?: boolean
  /** Two-factor authentication is asked for at every write. */
  otp?: boolean
  /** A workflow that is a trusted publisher, and the one package that its token is good for. */
  package?: string
}

/** Document `registry`: without it every token belongs to one user. */
interface RegistryAccounts {
  tokens?: Record<string, RegistryUser>
  /** Scopes and who may write there; others are unknown. */
  scopes?: Record<string, string[]>
  /** Packages that take the workflow as a publisher; without it, all do. */
  publishers?: string[]
}

const accounts = (store: WorldStore): RegistryAccounts => store.read<RegistryAccounts>('registry') ?? {}

export function userOf(request: WorldRequest, store: WorldStore): RegistryUser | undefined {
  const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (token === undefined) return undefined
  const given = store.read<Record<string, string>>('exchanged')?.[token]
  if (given !== undefined) return { name: 'trusted-publisher', package: given }
  const { tokens } = accounts(store)
  return tokens === undefined ? { name: 'maintainer' } : tokens[token]
}

/** Why a user may not write a package; undefined when they may. */
export function mayWrite(
  user: RegistryUser,
  doc: Packument | undefined,
  name: string,
  store: WorldStore,
): Response | undefined {
  if (user.otp === true) {
    return json({ error: 'You must provide a one-time pass.' }, 401, undefined, { 'www-authenticate': 'OTP' })
  }
  if (user.package !== undefined) return user.package === name ? undefined : refuse(403, 'Forbidden')
  const { scopes } = accounts(store)
  const scope = name.startsWith('@') ? name.slice(1, name.indexOf('/')) : undefined
  // A stranger is not told what exists.
  if (scope !== undefined && scopes !== undefined && !(scopes[scope] ?? []).includes(user.name))
    return refuse(404, 'Not found')
  if (user.readonly === true)
    return refuse(scope === undefined ? 403 : 404, scope === undefined ? 'Forbidden' : 'Not found')
  if (doc === undefined || doc.maintainers?.some((one) => one.name === user.name) === true) return undefined
  if (scope !== undefined) return refuse(404, 'Not found')
  return refuse(403, `You do not have permission to publish "${name}". Are you logged in as the correct user?`)
}

/** Gives a token for one package in place of a workflow's identity. The real registry knows no package before its first version. */
export function exchange(request: WorldRequest, store: WorldStore, name: string): Response {
  const identity = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
  if (madeUpClaims(identity)?.aud !== `npm:${request.host}`)
    return refuse(401, 'OIDC token exchange error - invalid token')
  const { publishers } = accounts(store)
  if (publishers !== undefined && !publishers.includes(name)) {
    return refuse(404, 'OIDC token exchange error - package not found')
  }
  const token = `npm_${randomBytes(24).toString('hex')}`
  store.write('exchanged', { ...store.read<Record<string, string>>('exchanged'), [token]: name })
  return json({ token }, 201)
}

export function collaborators(doc: Packument): Record<string, string> {
  return Object.fromEntries((doc.maintainers ?? []).map((one) => [one.name, 'read-write']))
}

export function load(store: WorldStore, name: string): Packument | undefined {
  return store.read<Packument>(documentOf(name))
}

/** Writes a document with its next revision. */
export function save(store: WorldStore, doc: Packument): void {
  const count = Number(/^\d+/.exec(doc['_rev'] ?? '0')?.[0] ?? 0) + 1
  store.write(documentOf(doc.name), { ...doc, _rev: `${count}-${Buffer.from(doc.name).toString('hex').slice(0, 16)}` })
}

function documentOf(name: string): string {
  return `packages/${name.replace('/', '%2f')}`
}

/** Name of a tarball's blob. */
export function blobOf(name: string, version: string): string {
  return `tarballs/${name.replace('/', '%2f')}/${version}.tgz`
}

export function json(
  value: unknown,
  status = 200,
  type = 'application/json',
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': type, ...headers } })
}

export function refuse(status: number, error: string): Response {
  return json({ error }, status)
}
