import { existsSync, readFileSync } from 'node:fs'
import { gitBackend } from '../../external/git-backend.ts'
import { gitEnv } from '../../external/git.ts'
import { run } from '../../external/process.ts'
import type { WorldRequest, WorldServer, WorldStore } from '../world.ts'
import { SERVE, UPDATE } from './hooks.ts'
import { fullVersionIn } from './version.ts'

/** The AUR: clones and reads over https, pushes over ssh with its refusals. */
export const aurServer: WorldServer = {
  hosts: ['aur.archlinux.org'],
  handle: serve,
  // A clone asks by POST.
  mutates: () => false,
  git: { serve: SERVE, update: UPDATE },
}

async function serve(request: WorldRequest, store: WorldStore): Promise<Response> {
  if (existsSync(store.blob('git/maintenance'))) {
    const page = '<html><body>The AUR is down due to maintenance. We will be back soon.</body></html>'
    return new Response(page, { status: 503, headers: { 'content-type': 'text/html' } })
  }
  if (request.path === '/rpc/v5/info') return info(request, store)
  const plain = /^\/cgit\/aur\.git\/plain\/(.+)$/.exec(request.path)?.[1]
  if (plain !== undefined) return file(decodeURIComponent(plain), request, store)
  const [, name, service] = /^\/([a-z0-9][a-z0-9.+_-]*)\.git\/(info\/refs|git-upload-pack)$/.exec(request.path) ?? []
  if (name === undefined || service === undefined) return new Response('404 - Page Not Found\n', { status: 404 })
  const folder = store.blob(`git/${name}.git`)
  if (request.query.get('service') === 'git-receive-pack') return new Response('push over ssh\n', { status: 403 })
  // An unknown name is an empty repository there, as it is here once somebody asked over ssh.
  return existsSync(folder) ? gitBackend(request, folder, service) : new Response('not found\n', { status: 404 })
}

async function info(request: WorldRequest, store: WorldStore): Promise<Response> {
  const results: object[] = []
  for (const name of request.query.getAll('arg[]')) {
    const text = await textAt(store, name, '.SRCINFO')
    if (text === undefined) continue
    const owner = readFileSync(store.blob(`git/${name}.git/maintainer`), 'utf8').trim()
    const Version = fullVersionIn(text) ?? ''
    results.push({ Name: name, PackageBase: name, Version, Maintainer: owner || null, OutOfDate: null })
  }
  const body = { resultcount: results.length, results, type: 'multiinfo', version: 5 }
  return Response.json(body, { headers: { 'content-type': 'application/json' } })
}

async function file(path: string, request: WorldRequest, store: WorldStore): Promise<Response> {
  const text = await textAt(store, request.query.get('h') ?? '', path)
  if (text === undefined) return new Response('<html>Not found</html>', { status: 404, headers: HTML })
  return new Response(text, { headers: { 'content-type': 'text/plain; charset=UTF-8' } })
}

const HTML = { 'content-type': 'text/html' }

async function textAt(store: WorldStore, name: string, path: string): Promise<string | undefined> {
  if (!/^[a-z0-9][a-z0-9.+_-]*$/.test(name)) return undefined
  const folder = store.blob(`git/${name}.git`)
  if (!existsSync(folder)) return undefined
  const shown = await run(['git', '--git-dir', folder, 'cat-file', 'blob', `master:${path}`], {
    env: { ...gitEnv(process.env), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  })
  return shown.code === 0 ? shown.stdout : undefined
}
