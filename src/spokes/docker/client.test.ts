import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TagonceError } from '../../core/errors.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import { DOCKER_HUB, ociRegistry } from '../../external/oci-registry.ts'
import type { OciRegistry } from '../../external/oci-registry.ts'
import { run } from '../../external/process.ts'
import { fileChunks } from '../../formats/file-chunks.ts'
import { hashFile } from '../../formats/hash.ts'
import { describe as descriptor, ociConfig, ociIndex, ociManifest } from '../../formats/oci-document.ts'
import { writeLayer } from '../../formats/oci-layer.ts'
import { OCI } from '../../formats/oci-types.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { startWorld } from '../../rehearsal/world.ts'
import { checkWithClients } from './client.ts'
import { ociRegistryServer } from './world-server.ts'

const NAME = 'ghcr.io/octo/hello:v1.2.3'
const ARCHITECTURES = ['amd64', 'arm64']

const programs = new Map<string, { path: string; size: number; sha256: string }>()
const folder = await tempFolder('docker-client')
const goIsMissing = lacks('go')

/** A static program for each processor, which ends with 7 when it is started as it should be. */
beforeAll(async () => {
  if (goIsMissing) return
  await writeFile(
    join(folder.path, 'main.go'),
    'package main\nimport "os"\nfunc main() { if len(os.Args) == 2 && os.Args[1] == "--version" { os.Exit(7) } }\n',
  )
  for (const GOARCH of ARCHITECTURES) {
    const path = join(folder.path, `hello-${GOARCH}`)
    const env = { ...process.env, GOARCH, GOOS: 'linux', CGO_ENABLED: '0', GOFLAGS: '-trimpath' }
    await run(['go', 'build', '-o', path, 'main.go'], { cwd: folder.path, env })
    const { size, digests } = await hashFile(path, ['sha256'])
    programs.set(GOARCH, { path, size, sha256: digests.sha256 })
  }
}, 120_000)
afterAll(() => folder[Symbol.asyncDispose]())

/** Pushes an image for both platforms; `change` gives the path of the program that is put in. */
async function pushImage(registry: OciRegistry, at: string, change = (path: string) => path): Promise<string> {
  const manifests = await Promise.all(
    ARCHITECTURES.map(async (architecture) => {
      const path = change(programs.get(architecture)?.path ?? '')
      const { size } = await stat(path)
      const body = { type: 'file' as const, size, content: () => fileChunks(path) }
      const file = { name: 'hello', mode: 0o755, mtime: 0, uid: 0, gid: 0, body }
      const layer = await writeLayer(join(at, `${architecture}.tar.gz`), [file])
      const platform = { os: 'linux', architecture }
      const config = ociConfig({ ...platform, config: {}, rootfs: { type: 'layers', diff_ids: [layer.diffId] } })
      const layers = [{ mediaType: OCI.layer, digest: layer.digest, size: layer.size }]
      const manifest = ociManifest({ config: descriptor(config), layers })
      await registry.pushBlob('octo/hello', layer)
      await registry.pushBlob('octo/hello', config)
      await registry.pushManifest('octo/hello', manifest.digest, manifest)
      return descriptor(manifest, { platform })
    }),
  )
  const index = ociIndex(manifests)
  await registry.pushManifest('octo/hello', 'v1.2.3', index)
  return index.digest
}

/** A world, our client of ghcr.io in it, and what real clients need. */
async function worldWithClients(host = 'ghcr.io') {
  const own = await tempFolder('docker-world')
  const world = await startWorld({ folder: join(own.path, 'world'), servers: [ociRegistryServer], proxy: true })
  const signal = new AbortController().signal
  const http = createHttp({ routes: world.routes(), signal, events: new Events(), userAgent: 'x', offline: true })
  const home = join(own.path, 'home')
  await mkdir(home, { recursive: true })
  return {
    path: own.path,
    world,
    registry: ociRegistry(host, { http, credentials: { username: 'octo', password: 'a-password' } }),
    io: { folder: home, env: world.clientEnv(home), signal },
    async [Symbol.asyncDispose]() {
      await world.stop()
      await own[Symbol.asyncDispose]()
    },
  }
}

const platforms = () =>
  ARCHITECTURES.map((architecture) => {
    const { size = 0, sha256 = '' } = programs.get(architecture) ?? {}
    return { name: `linux/${architecture}`, programs: [{ name: 'hello', size, sha256 }] }
  })

describe.skipIf(goIsMissing || lacks('skopeo'))('real clients', () => {
  const noPodman = lacks('podman') || process.getuid?.() !== 0
  if (noPodman) console.warn('skipped: podman is started by root only here')

  test.skipIf(noPodman || lacks('qemu-aarch64-static'))(
    'skopeo copies and podman pulls and starts both platforms, with the bytes and digests of the release',
    { timeout: 120_000 },
    async () => {
      await using all = await worldWithClients()
      const digest = await pushImage(all.registry, all.path)
      await all.registry.pushManifest('octo/hello', 'latest', (await all.registry.manifest('octo/hello', 'v1.2.3'))!)
      const result = await checkWithClients(
        { names: [NAME, 'ghcr.io/octo/hello:latest'], platforms: platforms() },
        all.io,
      )
      expect(result).toMatchObject({
        client: 'podman',
        version: expect.stringMatching(/^[\d.]+ and skopeo [\d.]+$/) as string,
        proof: 'installed by its client',
        sha256: programs.get('amd64')?.sha256,
        what: `skopeo copied ${NAME}@${digest}; linux/amd64 hello --version ended with 7; linux/arm64 hello --version ended with 7`,
      })
      expect(all.world.refusals()).toEqual([])
    },
  )

  test.skipIf(noPodman || lacks('qemu-aarch64-static'))(
    'a name without a host is looked for in Docker Hub, by podman as well',
    { timeout: 120_000 },
    async () => {
      await using all = await worldWithClients(DOCKER_HUB)
      await pushImage(all.registry, all.path)
      const result = await checkWithClients({ names: ['octo/hello:v1.2.3'], platforms: platforms() }, all.io)
      expect(result).toMatchObject({ client: 'podman', proof: 'installed by its client' })
    },
  )

  test(
    'an image with other bytes than the hub is found out, as is a tag that leads elsewhere',
    { timeout: 120_000 },
    async () => {
      await using all = await worldWithClients()
      const other = join(all.path, 'other')
      await writeFile(other, 'another program')
      const before = await pushImage(all.registry, all.path)
      await all.registry.pushManifest('octo/hello', 'latest', (await all.registry.manifest('octo/hello', before))!)
      await pushImage(all.registry, all.path, () => other)
      const without = { ...all.io, env: { ...all.io.env, PATH: await onlySkopeo(all.path) } }
      const changed = checkWithClients({ names: [NAME], platforms: platforms() }, without)
      await expect(changed).rejects.toThrow(`has no file with the bytes of the hub's hello for linux/amd64`)
      const names = [NAME, 'ghcr.io/octo/hello:latest']
      await expect(checkWithClients({ names, platforms: [] }, without)).rejects.toThrow(`latest is ${before}`)
      await expect(checkWithClients({ names: ['ghcr.io/octo/none:v1'], platforms: [] }, without)).rejects.toThrow(
        TagonceError,
      )
    },
  )

  test('without podman the image is read; without any client that is said', { timeout: 120_000 }, async () => {
    await using all = await worldWithClients()
    await pushImage(all.registry, all.path)
    const without = { ...all.io, env: { ...all.io.env, PATH: await onlySkopeo(all.path) } }
    const result = await checkWithClients({ names: [NAME], platforms: platforms() }, without)
    expect(result).toMatchObject({ client: 'skopeo', proof: 'read by its client' })
    const none = { ...all.io, env: { ...all.io.env, PATH: '/nowhere' } }
    const skipped = await checkWithClients({ names: [NAME], platforms: platforms() }, none)
    expect(skipped).toEqual({ skipped: 'neither skopeo nor podman is on this machine' })
  })
})

/** A folder for PATH in which podman is not. */
async function onlySkopeo(at: string): Promise<string> {
  const bin = join(at, 'bin')
  await mkdir(bin)
  const { stdout } = await run(['which', 'skopeo'])
  await run(['ln', '-s', stdout.trim(), join(bin, 'skopeo')])
  return bin
}
