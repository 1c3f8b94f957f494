import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Events } from '../../../core/events.ts'
import { tempFolder } from '../../../core/temp.ts'
import { createHttp } from '../../../external/http.ts'
import { ociRegistry } from '../../../external/oci-registry.ts'
import { fakeClock } from '../../../external/testing.ts'
import { fileChunks } from '../../../formats/file-chunks.ts'
import { gunzip } from '../../../formats/gzip.ts'
import type { OciConfig, OciIndex, OciManifest } from '../../../formats/oci-types.ts'
import { readTar } from '../../../formats/tar-reader.ts'
import { told } from '../../../plan/test-plan.ts'
import { freePort } from '../../../rehearsal/free-port.ts'
import { startWorld } from '../../../rehearsal/world.ts'
import { channel, planned, publishAll, reopened, sealed } from '../testing/release.ts'
import type { Project } from '../testing/release.ts'
import { ociRegistryServer } from '../world-server.ts'
import { ko } from './index.ts'

const BUILDS = `project_name: hello
builds:
  - goos: [linux]
    goarch: [amd64, arm64]
    env: [CGO_ENABLED=0]
    no_main_check: true
`
/** A base, made by the same registry: it has a PATH, a user and a layer. */
const BASE = 'FROM scratch\nENV PATH=/usr/bin SSL=/etc/ssl\nUSER 65532\nCMD ["x"]\nCOPY README /etc/\n'
const base: Project = {
  yaml: 'dockers_v2: [{ images: [ghcr.io/acme/base], tags: ["1"], extra_files: [README], sbom: false, flags: ["--provenance=false"] }]\n',
  files: { Dockerfile: BASE, README: 'base' },
}

const project = (yaml: string, more: Partial<Project> = {}): Project => ({
  builds: BUILDS,
  yaml: `kos: [{ base_image: "ghcr.io/acme/base:1", repositories: [ghcr.io/acme], ${yaml} }]\n`,
  files: { 'kodata/site/index.html': '<p>hello</p>' },
  ...more,
})

async function registryUnderTest() {
  const folder = await tempFolder('ko-channel')
  await mkdir(join(folder.path, 'run'))
  const world = await startWorld({ folder: join(folder.path, 'world'), servers: [ociRegistryServer] })
  const signal = new AbortController().signal
  const routes = world.routes()
  const http = createHttp({
    routes,
    outside: routes,
    signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
    clock: fakeClock(),
  })
  const io = await channel(http, join(folder.path, 'run'), { GITHUB_TOKEN: 'ghp_forTestsOnly' })
  const registry = ociRegistry('ghcr.io', { http, credentials: { username: 'x', password: 'yyyyyy' } })
  await publishAll((await sealed(base, io)).hub, io)
  return {
    io,
    registry,
    writes: () => world.requests().filter((one) => one.mutating).length,
    async json<T>(repository: string, reference: string): Promise<T> {
      return JSON.parse((await registry.manifest(repository, reference))!.bytes.toString()) as T
    },
    async blob(repository: string, digest: string): Promise<string> {
      const path = join(folder.path, digest.replace(':', '-'))
      await registry.blob(repository, digest, path)
      return path
    },
    async [Symbol.asyncDispose]() {
      await world.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

it('an image as ko makes it: the program below /ko-app, kodata, PATH and entrypoint, on its base', async () => {
  await using under = await registryUnderTest()
  const one = await sealed(
    project(
      'base_import_paths: true, platforms: [linux/amd64, linux/arm64], tags: ["{{ .Tag }}", latest], labels: { a: "{{ .Version }}" }, annotations: { b: c }, user: "1000", creation_time: "1700000000"',
    ),
    under.io,
  )
  const report = await publishAll(one.hub, under.io)
  expect(
    report.channels.flatMap(({ spoke, units }) => units.map((unit) => `${spoke} ${unit.id} ${unit.observation.state}`)),
  ).toEqual(['ko docker:ghcr.io/acme/hello:v1.2.3 live', 'ko docker:ghcr.io/acme/hello:latest live'])
  const index = await under.json<OciIndex>('acme/hello', 'v1.2.3')
  const theBase = await under.registry.manifest('acme/base', '1')
  expect(index.annotations).toEqual({
    b: 'c',
    'org.opencontainers.image.base.digest': theBase?.digest,
    'org.opencontainers.image.base.name': 'ghcr.io/acme/base:1',
    'org.opencontainers.image.version': '1.2.3',
  })
  const image = await under.json<OciManifest>('acme/hello', index.manifests[1]?.digest ?? '')
  const baseIndex = JSON.parse(theBase!.bytes.toString()) as OciIndex
  expect(image.annotations).toEqual({
    b: 'c',
    'org.opencontainers.image.base.digest': baseIndex.manifests.find((one) => one.platform?.architecture === 'arm64')
      ?.digest,
    'org.opencontainers.image.base.name': 'ghcr.io/acme/base:1',
  })
  const config = JSON.parse(await readFile(await under.blob('acme/hello', image.config.digest), 'utf8')) as OciConfig
  expect(config).toMatchObject({
    architecture: 'arm64',
    os: 'linux',
    created: '2023-11-14T22:13:20Z',
    author: 'github.com/ko-build/ko',
  })
  expect(config.config).toEqual({
    Env: ['PATH=/usr/bin:/ko-app', 'SSL=/etc/ssl', 'KO_DATA_PATH=/var/run/ko'],
    Entrypoint: ['/ko-app/hello'],
    Labels: { a: '1.2.3' },
    User: '1000',
    WorkingDir: '/',
  })
  const seen: string[] = []
  for (const { digest } of image.layers.slice(1)) {
    for await (const member of readTar(gunzip(fileChunks(await under.blob('acme/hello', digest))))) {
      seen.push(`${member.mode.toString(8)} ${member.name} ${member.mtime}`)
    }
  }
  expect(seen).toEqual([
    '555 var 0',
    '555 var/run 0',
    '555 var/run/ko 0',
    '555 var/run/ko/site 0',
    '555 var/run/ko/site/index.html 0',
    '555 ko-app 0',
    '555 ko-app/hello 0',
  ])
  const before = under.writes()
  const again = await publishAll(reopened(one, under.io), under.io)
  expect([again.exitCode, under.writes() - before]).toEqual([0, 0])
})

it('a snapshot leaves an OCI layout, named as ko names what it gives to Docker', async () => {
  await using under = await registryUnderTest()
  const { hub, entries } = await sealed(project('sbom: none', { snapshot: true }), under.io)
  const images = await ko.snapshot?.(entries[0]!.settings, hub, under.io, under.io.folder)
  const index = JSON.parse(await readFile(join(under.io.folder, 'docker', 'kos-0', 'index.json'), 'utf8')) as OciIndex
  const [name] = index.manifests.map((one) => one.annotations?.['org.opencontainers.image.ref.name'])
  expect(name).toMatch(/^goreleaser\.ko\.local\/hello-[0-9a-f]{32}:latest$/)
  const hex = index.manifests[0]?.digest.replace('sha256:', '')
  expect(images).toEqual([
    {
      name: name?.replace('latest', hex ?? ''),
      type: 'manifest',
      extra: { Digest: `sha256:${hex}`, ID: 'hello' },
    },
  ])
})

it.each([
  ['bare: true', 'ghcr.io/acme:latest'],
  ['preserve_import_paths: true', 'ghcr.io/acme/example.org/hello/cmd/x:latest'],
  ['base_import_paths: true', 'ghcr.io/acme/x:latest'],
  // printf example.org/hello/cmd/x | md5sum
  ['tags: [a]', 'ghcr.io/acme/x-2c1e322ecf069294b83765ae97b4976e:a'],
])('%s is named %s', async (yaml, wanted) => {
  const plan = await planned(project(`${yaml}, main: ./cmd/x`))
  const settings = plan.spokes[0]?.settings as { names: string[] }
  expect(settings.names).toEqual([wanted])
})

it('a program with other flags, or for another platform, is built for the image and is a file of the release', async () => {
  const plan = await planned(
    project('ldflags: ["-X main.v={{ .Version }}"], platforms: [linux/amd64, linux/arm/v6], main: ./cmd/x'),
  )
  expect(told(plan)).toEqual([])
  expect(plan.imagePrograms?.map((one) => [one.name, one.kind, one.path])).toEqual([
    ['ko-hello_1.2.3_linux_amd64', 'file', 'dist/ko-hello_linux_amd64_v1/x'],
    ['ko-hello_1.2.3_linux_arm_v6', 'file', 'dist/ko-hello_linux_arm_6/x'],
  ])
  const own = plan.binaries.filter((one) => one.product === 'image')
  expect(own.map((one) => one.command?.argv.slice(2))).toEqual(
    ['amd64_v1', 'arm_6'].map((target) => [
      '-trimpath',
      '-ldflags=-X main.v=1.2.3',
      '-o',
      `/root/dist/ko-hello_linux_${target}/x`,
      './cmd/x',
    ]),
  )
  expect(own[0]?.command?.env).toContain('CGO_ENABLED=0')
  // Nobody else takes it: archives hold what they held.
  expect(plan.archives.flatMap((one) => one.binaries)).toEqual(
    expect.not.arrayContaining([expect.stringContaining('ko-hello')]),
  )
  expect(plan.checksums).not.toBeNull()
})

it('the program of an archive is taken where it is the same', async () => {
  const plan = await planned(project('platforms: [linux/arm64]'))
  expect(plan.imagePrograms).toBeUndefined()
  expect(plan.spokes[0]?.settings).toMatchObject({
    platforms: [{ name: 'linux/arm64', files: [{ artifact: 'hello_1.2.3_linux_arm64.tar.gz', program: 'hello' }] }],
  })
})

it.each([
  ['platforms: [all]', 'ko-platform all is no platform'],
  ['tags: ["{{ if false }}x{{ end }}"]', 'ko-tag all tags come out empty'],
  ['creation_time: soon', 'ko-time "soon" is no number'],
  ['main: ../other', 'ko-main ../other is no package'],
])('%s is told before anything is built', async (yaml, wanted) => {
  expect(told(await planned(project(yaml))).join('\n')).toContain(wanted)
})

it('a base image that is gone is told with its place in the config, before anything is built and when the release is sealed', async () => {
  await using under = await registryUnderTest()
  const one = project('platforms: [linux/amd64, linux/arm64]')
  const named = { ...one, yaml: one.yaml.replace('acme/base:1', 'acme/gone:1') }
  const plan = await planned(named)
  const settings = ko.parse(JSON.parse(JSON.stringify(plan.spokes[0]?.settings)))
  const probed = (await ko.probe(settings, under.io)).filter((found) => found.code === 'docker-base')
  expect(probed).toEqual([
    {
      severity: 'error',
      code: 'docker-base',
      message: 'kos[0]: the base image ghcr.io/acme/gone:1 is gone, or may not be read',
      where: { file: '.goreleaser.yaml', line: 7, column: 21 },
      mend: expect.stringContaining('docker login'),
    },
  ])
  await expect(sealed(named, under.io)).rejects.toMatchObject({
    code: 'spoke',
    message: '.goreleaser.yaml:7:21: the base image ghcr.io/acme/gone:1 is gone, or may not be read',
    hint: expect.stringContaining('docker login'),
  })
})

it('a registry of the base image that cannot be reached is one message, at its place', async () => {
  await using under = await registryUnderTest()
  const port = await freePort()
  const one = project('platforms: [linux/amd64, linux/arm64]')
  const named = { ...one, yaml: one.yaml.replace('ghcr.io/acme/base:1', `localhost:${port}/acme/base:1`) }
  const plan = await planned(named)
  const settings = ko.parse(JSON.parse(JSON.stringify(plan.spokes[0]?.settings)))
  const probed = (await ko.probe(settings, under.io)).filter((found) => found.code === 'docker-base')
  const why = `the base image localhost:${port}/acme/base:1 cannot be read: `
  expect(probed.map(({ message, where }) => [message, where])).toEqual([
    [expect.stringContaining(`kos[0]: ${why}`), { file: '.goreleaser.yaml', line: 7, column: 21 }],
  ])
  await expect(sealed(named, under.io)).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining(`.goreleaser.yaml:7:21: ${why}`),
  })
})

it('a base image that went after the release was sealed: the image is not pushed, and is told why', async () => {
  await using under = await registryUnderTest()
  const one = await sealed(project('platforms: [linux/amd64]'), under.io)
  const index = await under.json<OciIndex>('acme/base', '1')
  for (const { digest } of index.manifests) await under.registry.deleteManifest('acme/base', digest)
  const before = under.writes()
  const report = await publishAll(one.hub, under.io)
  const [unit] = report.channels.flatMap(({ units }) => units)
  expect([unit?.observation.state, report.exitCode, under.writes() - before]).toEqual(['absent', 1, 0])
  expect(unit?.failure?.message).toMatch(
    /^\.goreleaser\.yaml:7:21: the base image ghcr\.io\/acme\/base:1 \(sha256:[0-9a-f]{64}\) is gone, or may not be read$/,
  )
  expect(unit?.failure?.hint).toContain('docker login')
})

it('kodata that leads out of its folder is refused', async () => {
  await using under = await registryUnderTest()
  const root = join(under.io.folder, 'other')
  await mkdir(join(root, 'kodata'), { recursive: true })
  await symlink('/etc/hostname', join(root, 'kodata', 'HEAD'))
  const plan = await planned(project(''))
  const settings = ko.parse(JSON.parse(JSON.stringify(plan.spokes[0]?.settings)))
  await expect(ko.pin?.(settings, { ...under.io, root })).rejects.toThrow('kodata/HEAD leads out of the folder')
})
