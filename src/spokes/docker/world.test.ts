import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import { ociRegistry } from '../../external/oci-registry.ts'
import { hasJudge, judgeRegistry, pushSmallImage } from '../../external/oci-registry-testing.ts'
import { run } from '../../external/process.ts'
import { thrown } from '../../external/testing.ts'
import { diskStore } from '../../rehearsal/store.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { startWorld } from '../../rehearsal/world.ts'
import { ociRegistryServer } from './world-server.ts'
import type { RegistryRules } from './world-state.ts'

const LOGIN = { username: 'octo', password: 'rehearsal-docker-password' }

/** A world with nothing but registries, and our client of one of them. */
async function registries(rules?: RegistryRules) {
  const folder = await tempFolder('oci-world')
  const state = join(folder.path, 'state', 'registry-1.docker.io')
  if (rules !== undefined) diskStore(state).write('registry', rules)
  const world = await startWorld({ folder: folder.path, servers: [ociRegistryServer], proxy: true })
  const http = createHttp({
    routes: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
  })
  const client = async (argv: string[]): Promise<string> => {
    const home = join(folder.path, 'home')
    await mkdir(home, { recursive: true })
    const { code, stdout, stderr } = await run(argv, { cwd: folder.path, env: world.clientEnv(home), timeout: 60_000 })
    expect([code, stderr]).toEqual([0, expect.anything()])
    return stdout
  }
  return {
    folder: folder.path,
    world,
    client,
    at: (host: string, credentials: typeof LOGIN | null = LOGIN) =>
      ociRegistry(host, { http, ...(credentials === null ? {} : { credentials }) }),
    async [Symbol.asyncDispose]() {
      await world.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('hosts have repositories of their own; a repeated push sends nothing that changes', async () => {
  await using all = await registries()
  const hub = all.at('registry-1.docker.io')
  await hub.ping()
  await hub.canPush('octo/hello')
  const image = await pushSmallImage(hub, 'octo/hello', 'v1')
  expect((await hub.manifest('octo/hello', 'v1'))?.digest).toBe(image.digest)
  expect(await all.at('ghcr.io').manifest('octo/hello', 'v1')).toBeUndefined()
  const mutations = (): number => all.world.requests().filter((one) => one.mutating).length
  const before = mutations()
  expect(before).toBe(3)
  await hub.canPush('octo/hello')
  expect(mutations()).toBe(before)
  expect(all.world.requests().every((one) => one.error === undefined)).toBe(true)
})

test('who shows no password reads, and does not write', async () => {
  await using all = await registries()
  await pushSmallImage(all.at('ghcr.io'), 'octo/hello', 'v1')
  const nobody = all.at('ghcr.io', null)
  await nobody.ping()
  expect(await nobody.tags('octo/hello')).toEqual(['v1'])
  const error = await thrown(nobody.canPush('octo/hello'))
  expect([error.code, error.message]).toEqual([
    'credentials',
    'ghcr.io does not let us write octo/hello: 403 DENIED: requested access to the resource is denied',
  ])
})

test('a wrong password, a repository of others, a private one, a tag that stays', async () => {
  const rules = { accounts: { octo: LOGIN.password }, denied: ['octo/not'], private: ['octo/own'], immutable: true }
  await using all = await registries(rules)
  const registry = all.at('ghcr.io')
  const wrong = await thrown(all.at('ghcr.io', { ...LOGIN, password: 'another-password' }).ping())
  expect([wrong.code, wrong.message]).toEqual([
    'credentials',
    'ghcr.io gives no token for octo: 401 incorrect username or password',
  ])
  expect((await thrown(registry.canPush('octo/not'))).code).toBe('credentials')
  await pushSmallImage(registry, 'octo/own', 'v1')
  expect((await thrown(all.at('ghcr.io', null).manifest('octo/own', 'v1'))).code).toBe('credentials')
  const moved = await thrown(pushSmallImage(registry, 'octo/own', 'v1'))
  expect(moved.message).toContain('immutable')
  expect(moved.hint).toBe('tags cannot be moved there: release a new version')
})

test('tokens that end are made anew', async () => {
  await using all = await registries({ tokenLasts: 1 })
  const registry = all.at('ghcr.io')
  await pushSmallImage(registry, 'octo/hello', 'v1')
  await new Promise((resolve) => setTimeout(resolve, 1100))
  expect(await registry.tags('octo/hello')).toEqual(['v1'])
})

test('a manifest without its blobs, a blob that is another, an unknown repository', async () => {
  await using all = await registries()
  const registry = all.at('ghcr.io')
  const { bytes, mediaType } = await pushSmallImage(registry, 'octo/hello', 'v1')
  const empty = await thrown(registry.pushManifest('octo/empty', 'v1', { bytes, mediaType }))
  expect(empty.message).toContain('MANIFEST_BLOB_UNKNOWN')
  const digest = `sha256:${'0'.repeat(64)}`
  expect((await thrown(registry.pushBlob('octo/hello', { bytes, digest }))).message).toContain('DIGEST_INVALID')
  expect(await registry.tags('octo/unknown')).toEqual([])
  const odd = await thrown(registry.pushManifest('octo/hello', 'v1', { bytes, mediaType: 'application/json' }))
  expect(odd.message).toContain('MANIFEST_INVALID')
})

test('a blob is mounted from a repository of the same host, and not from one that it does not have', async () => {
  await using all = await registries()
  const registry = all.at('ghcr.io')
  const { layer, bytes } = await pushSmallImage(registry, 'octo/base', 'v1')
  const digest = (JSON.parse(bytes.toString()) as { layers: { digest: string }[] }).layers[0]?.digest ?? ''
  const methods = () => all.world.requests().filter((one) => one.mutating && one.path.includes('octo/hello'))
  await registry.pushBlob('octo/hello', { bytes: layer, digest }, 'octo/base')
  expect(methods().map((one) => one.status)).toEqual([201])
  await all.at('registry-1.docker.io').pushBlob('octo/hello', { bytes: layer, digest }, 'library/debian')
  expect(methods().map((one) => [one.method, one.status])).toEqual([
    ['POST', 201],
    ['POST', 202],
    ['PUT', 201],
  ])
})

test('an upload that a fault cut is finished', async () => {
  await using all = await registries()
  const registry = all.at('ghcr.io')
  await all.world.fault({ nth: 1, when: 'before', action: 'drop' })
  await all.world.fault({ nth: 4, when: 'after', action: 'drop' })
  const image = await pushSmallImage(registry, 'octo/hello', 'v1')
  expect((await registry.manifest('octo/hello', 'v1'))?.digest).toBe(image.digest)
})

describe.skipIf(lacks('skopeo'))('skopeo', () => {
  const multi = {
    oci: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
  }

  /** An index of two images in a repository of the world. */
  async function pushIndex(registry: ReturnType<typeof ociRegistry>, repository: string, tag: string): Promise<string> {
    const images = await Promise.all(
      ['amd64', 'arm64'].map(async (architecture) => {
        const image = await pushSmallImage(registry, repository, `${tag}-${architecture}`, architecture)
        const { digest, bytes } = image
        return { mediaType: multi.manifest, digest, size: bytes.length, platform: { architecture, os: 'linux' } }
      }),
    )
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: multi.oci, manifests: images }))
    await registry.pushManifest(repository, tag, { bytes, mediaType: multi.oci })
    return (await registry.manifest(repository, tag))?.digest ?? ''
  }

  test('copies all platforms out of the world and into it, through the proxy, and no digest changes', async () => {
    await using all = await registries()
    const digest = await pushIndex(all.at('registry-1.docker.io'), 'octo/hello', 'v1')
    const layout = `oci:${join(all.folder, 'layout')}:v1`
    await all.client(['skopeo', 'copy', '--all', 'docker://docker.io/octo/hello:v1', layout])
    const index = JSON.parse(await readFile(join(all.folder, 'layout', 'index.json'), 'utf8')) as {
      manifests: { digest: string }[]
    }
    expect(index.manifests[0]?.digest).toBe(digest)
    const creds = `--dest-creds=${LOGIN.username}:${LOGIN.password}`
    await all.client(['skopeo', 'copy', '--all', creds, layout, 'docker://ghcr.io/octo/copy:v1'])
    expect((await all.at('ghcr.io').manifest('octo/copy', 'v1'))?.digest).toBe(digest)
    expect(all.world.refusals()).toEqual([])
  })

  test.skipIf(!hasJudge)('carries what our client pushed into the world over to docker-registry', async () => {
    await using all = await registries()
    await using judge = await judgeRegistry(all.folder)
    const digest = await pushIndex(all.at('ghcr.io'), 'octo/hello', 'v1')
    const into = ['--dest-tls-verify=false', `docker://${judge.host}/octo/hello:v1`]
    await all.client(['skopeo', 'copy', '--all', 'docker://ghcr.io/octo/hello:v1', ...into])
    const tags = await all.client(['skopeo', 'list-tags', 'docker://ghcr.io/octo/hello'])
    expect((JSON.parse(tags) as { Tags: string[] }).Tags).toEqual(['v1', 'v1-amd64', 'v1-arm64'])
    const found = await all.client([
      'skopeo',
      'inspect',
      '--tls-verify=false',
      '--raw',
      `docker://${judge.host}/octo/hello:v1`,
    ])
    expect(`sha256:${createHash('sha256').update(found).digest('hex')}`).toBe(digest)
  })
})
