import type { WorldRequest, WorldStore } from '../world.ts'

/** A file as the index keeps it. */
export interface StoredFile {
  filename: string
  version: string
  sha256: string
  size: number
  requiresPython: string
  /** ISO 8601. */
  uploaded: string
  yanked?: string | true
}

/** A project. */
export interface StoredProject {
  /** As it was first written. */
  name: string
  status?: 'archived' | 'quarantined'
  owner: string
  files: StoredFile[]
  /** File names that were there once. */
  deleted?: string[]
}

/** Whose a token is. */
export interface IndexUser {
  name: string
  /** Normalised names; absent for all that the user has. */
  projects?: string[]
  expired?: boolean
  /** Made from a workflow's identity. */
  workflow?: boolean
}

/** Document `accounts`: without it every token belongs to one user, and every workflow has a pending publisher. */
interface Accounts {
  tokens?: Record<string, IndexUser>
  /** Normalised names of the projects that trust the workflow, or wait for it. */
  publishers?: string[]
  /** Kept names, as those too similar to a known one. */
  forbidden?: string[]
}

/** Document `tokens`: those that were minted here. */
type Minted = Record<string, { until: number }>

export const accounts = (store: WorldStore): Accounts => store.read<Accounts>('accounts') ?? {}

/** The user of an upload, or the refusal. */
export function userOf(request: WorldRequest, store: WorldStore): IndexUser | Response {
  const basic = /^Basic (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const [, user = '', token = ''] = /^([^:]*):([^]*)$/.exec(Buffer.from(basic ?? '', 'base64').toString()) ?? []
  const invalid = refuse(
    403,
    'Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for more information.',
  )
  const other = !/(^|\.)pypi\.org$/.test(request.host)
  if (token === '' || (user !== '__token__' && !other)) return invalid
  const own = store.read<Minted>('minted')?.[token]
  if (own !== undefined) {
    if (own.until < Date.now()) return refuse(403, 'Invalid API Token: token is expired')
    return {
      name: 'workflow',
      workflow: true,
      ...(accounts(store).publishers === undefined ? {} : { projects: accounts(store).publishers ?? [] }),
    }
  }
  const { tokens } = accounts(store)
  if (tokens === undefined) return { name: 'maintainer' }
  const known = tokens[token]
  if (known?.expired === true) return refuse(403, 'Invalid API Token: token is expired')
  return known ?? invalid
}

export function loadProject(store: WorldStore, host: string, name: string): StoredProject | undefined {
  return store.read<StoredProject>(`projects/${host}/${name}`)
}

export function saveProject(store: WorldStore, host: string, key: string, project: StoredProject): void {
  store.write(`projects/${host}/${key}`, project)
}

export function json(value: unknown, type = 'application/json', status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': type } })
}

/** The words stand in the reason phrase, and once more in the page (warehouse, `_exc_with_message`). */
export function refuse(status: number, reason: string): Response {
  const page = `<html>\n <head>\n  <title>${status} ${reason}</title>\n </head>\n <body>\n  <h1>${status} ${reason}</h1>\n  ${reason}\n </body>\n</html>`
  return new Response(page, { status, statusText: reason, headers: { 'content-type': 'text/html; charset=UTF-8' } })
}

const KNOWN: Record<string, string> = {
  'upload.pypi.org': 'pypi.org',
  'files.pythonhosted.org': 'pypi.org',
  'test-files.pythonhosted.org': 'test.pypi.org',
}

/** The index behind a host: TestPyPI is one of its own, and so is every other. */
export function indexHost(host: string): string {
  return KNOWN[host] ?? host
}
