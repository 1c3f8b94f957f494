import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../converge/report.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import { Events } from '../../core/events.ts'
import { fakeClock } from '../../external/testing.ts'
import { ociRegistry } from '../../external/oci-registry.ts'
import type { OciConfig, OciIndex, OciManifest } from '../../formats/oci-types.ts'
import { freePort } from '../../rehearsal/free-port.ts'
import { diskStore } from '../../rehearsal/store.ts'
import { startWorld } from '../../rehearsal/world.ts'
import type { ChannelIO, DistImage } from '../spoke.ts'
import { docker } from './index.ts'
import { channel, planned, publishAll, reopened, sealed } from './testing/release.ts'
import type { Project, Published } from './testing/release.ts'
import { ociRegistryServer } from './world-server.ts'
import type { RegistryRules } from './world-state.ts'

const DOCKERFILE =
  'FROM scratch\nARG TARGETPLATFORM\nCOPY $TARGETPLATFORM/hello /usr/bin/hello\nENTRYPOINT ["/usr/bin/hello"]\n'

const project = (version = '1.2.3', more: Partial<Project> = {}): Project => ({
  yaml: `dockers_v2:
  - images: [ghcr.io/acme/hello]
    tags: ['{{ .Version }}', 'v{{ .Major }}', latest]
    annotations: { org.opencontainers.image.description: Greets }
`,
  files: { Dockerfile: DOCKERFILE },
  version,
  ...more,
})

/** A registry at ghcr.io, and what a spoke gets to reach it. */
async function channelUnderTest(rules?: RegistryRules) {
  const folder = await tempFolder('docker-channel')
  if (rules !== undefined)
    diskStore(join(folder.path, 'world', 'state', 'registry-1.docker.io')).write('registry', rules)
  await mkdir(join(folder.path, 'run'))
  const world = await startWorld({ folder: join(folder.path, 'world'), servers: [ociRegistryServer] })
  const http = createHttp({
    routes: world.routes(),
    outside: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
    clock: fakeClock(),
  })
  const io: ChannelIO = await channel(http, join(folder.path, 'run'), { GITHUB_TOKEN: 'ghp_forTestsOnly' })
  return {
    world,
    io,
    registry: ociRegistry('ghcr.io', { http, credentials: { username: 'x', password: 'yyyyyy' } }),
    writes: () => world.requests().filter((one) => one.mutating).length,
    async [Symbol.asyncDispose]() {
      await world.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const states = (report: Report): string[] =>
  report.channels.flatMap(({ units, failure }) => [
    ...(failure === undefined ? [] : [failure.message]),
    ...units.map((one) => `${one.id.replace('docker:ghcr.io/acme/', '')} ${one.observation.state}`),
  ])

describe('a release into a registry', () => {
  it('has an image per platform, is there once, and another run sends nothing', async () => {
    await using under = await channelUnderTest()
    const one = await sealed(project(), under.io)
    expect(states(await publishAll(one.hub, under.io))).toEqual([
      'hello:1.2.3 live',
      'hello:latest live',
      'hello:v1 live',
    ])
    const index = JSON.parse((await under.registry.manifest('acme/hello', 'latest'))!.bytes.toString()) as OciIndex
    const platforms = index.manifests.flatMap(({ platform }) =>
      platform?.os === 'linux' ? [platform.architecture] : [],
    )
    expect(platforms).toEqual(['amd64', 'arm64'])
    expect(index.annotations).toEqual({
      'org.opencontainers.image.description': 'Greets',
      'org.opencontainers.image.version': '1.2.3',
    })
    const attested = index.manifests.filter(
      (one) => one.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest',
    )
    expect(attested.map((one) => [one.platform?.os, one.annotations?.['vnd.docker.reference.digest']])).toEqual(
      index.manifests.slice(0, 2).map((one) => ['unknown', one.digest]),
    )
    const told = JSON.parse(
      (await under.registry.manifest('acme/hello', attested[0]?.digest ?? ''))!.bytes.toString(),
    ) as OciManifest
    const path = join(under.io.folder, 'sbom.json')
    await under.registry.blob('acme/hello', told.layers[0]?.digest ?? '', path)
    const statement = JSON.parse(await readFile(path, 'utf8')) as {
      predicateType: string
      subject: object[]
      predicate: object
    }
    expect(statement).toMatchObject({
      predicateType: 'https://spdx.dev/Document',
      subject: [{ digest: { sha256: index.manifests[0]?.digest.replace('sha256:', '') } }, {}, {}],
      predicate: { spdxVersion: 'SPDX-2.3' },
    })
    const before = under.writes()
    const again = await publishAll(reopened(one, under.io), under.io)
    expect([under.writes() - before, again.exitCode]).toEqual([0, 0])
  })

  it('an older version leaves the tags that move where they are; by name they go back', async () => {
    await using under = await channelUnderTest()
    const publish = async (version: string): Promise<Published> => {
      const one = await sealed(project(version), under.io)
      await publishAll(one.hub, under.io)
      return one
    }
    const old = await publish('1.2.3')
    await publish('1.2.4')
    const report = await publishAll(reopened(old, under.io), under.io)
    expect(states(report)).toEqual(['hello:1.2.3 live', 'hello:latest superseded', 'hello:v1 superseded'])
    expect(report.channels[0]?.units[1]?.observation.reason).toBe('latest is 1.2.4, which is newer than 1.2.3')
    const back = await publishAll(reopened(old, under.io), under.io, { allowBackwards: ['latest'] })
    expect(states(back)).toEqual(['hello:1.2.3 live', 'hello:latest live', 'hello:v1 superseded'])
  })

  it('a tag without a version of its own is judged by the tag that has the same image', async () => {
    await using under = await channelUnderTest()
    const newer = await sealed(
      project('1.3.0', {
        yaml: 'dockers_v2: [{ images: [ghcr.io/acme/hello], tags: ["v1.3.0", "latest"], flags: ["--annotation=index:org.opencontainers.image.version=none"] }]\n',
      }),
      under.io,
    )
    await publishAll(newer.hub, under.io)
    const older = await sealed(project('1.2.9'), under.io)
    expect(states(await publishAll(older.hub, under.io))).toEqual([
      'hello:1.2.9 live',
      'hello:latest superseded',
      'hello:v1 live',
    ])
  })

  it('is taken back: tags that move go to the version before, and the image is deleted', async () => {
    await using under = await channelUnderTest()
    await publishAll((await sealed(project(), under.io)).hub, under.io)
    const bad = await sealed(project('1.2.4'), under.io)
    await publishAll(bad.hub, under.io)
    const said: string[] = []
    for (const unit of (bad.entries[0]?.units ?? []).toReversed()) {
      for (const step of docker.retract?.plan(unit, await docker.observe(unit, bad.hub, under.io)) ?? []) {
        said.push(`${(await docker.retract?.act(step, under.io))?.evidence[0]?.what} ${step.final}`)
      }
    }
    expect(said).toEqual([
      'v1 is 1.2.3 again false',
      'latest is 1.2.3 again false',
      expect.stringMatching(/^sha256:[0-9a-f]{64} is deleted true$/),
    ])
    expect((await under.registry.tags('acme/hello')).toSorted()).toEqual(['1.2.3', 'latest', 'v1'])
  })

  it('a version tag that has another image is a mismatch, and stays', async () => {
    await using under = await channelUnderTest()
    await publishAll((await sealed(project(), under.io)).hub, under.io)
    const other = await sealed(project('1.2.3', { files: { Dockerfile: `${DOCKERFILE}LABEL other=1\n` } }), under.io)
    const report = await publishAll(other.hub, under.io)
    expect(states(report)[0]).toBe('hello:1.2.3 mismatch')
    expect(report.exitCode).toBe(1)
  })

  it('ends the same when the connection is cut at any of its writes', async () => {
    await using whole = await channelUnderTest()
    await publishAll((await sealed(project(), whole.io)).hub, whole.io)
    const want = (await whole.registry.manifest('acme/hello', 'latest'))?.digest
    for (let nth = 1; nth <= whole.writes(); nth += 2) {
      for (const when of ['before', 'after'] as const) {
        await using cut = await channelUnderTest()
        await cut.world.fault({ nth, when, action: 'drop' })
        const report = await publishAll((await sealed(project(), cut.io)).hub, cut.io)
        expect([nth, when, report.exitCode]).toEqual([nth, when, 0])
        expect((await cut.registry.manifest('acme/hello', 'latest'))?.digest).toBe(want)
      }
    }
  })
})

it('an expired login, a name of others and a base that is gone are told before anything is built', async () => {
  await using under = await channelUnderTest({ accounts: { ann: 'right-word' }, denied: ['acme/denied'] })
  const probe = async (text: string, io: ChannelIO = under.io): Promise<string[]> => {
    const plan = await planned(project('1.2.3', { yaml: text }))
    const found = await Promise.all(plan.spokes.map((one) => docker.probe(docker.parse(one.settings), io)))
    return found.flat().map(({ code, message }) => `${code} ${message}`)
  }
  const yaml = (name: string): string => `dockers_v2: [{ images: [${name}] }]\n`
  expect((await probe(yaml('ghcr.io/acme/hello')))[0]).toMatch(
    /^docker-push docker: ghcr.io\/acme\/hello: .*(login|credentials|password)/,
  )
  const ann = await channel(under.io.http, under.io.folder, { GHCR_USERNAME: 'ann', GHCR_TOKEN: 'right-word' })
  expect(await probe(yaml('ghcr.io/acme/hello'), ann)).toEqual([])
  expect((await probe(yaml('ghcr.io/acme/denied'), ann))[0]).toMatch(/^docker-push docker: ghcr.io\/acme\/denied: /)
  expect(await probe(yaml('registry.example.org/acme/hello'), ann)).toEqual([
    'docker-login docker: there is no login for registry.example.org',
  ])
  const plan = await planned(
    project('1.2.3', {
      yaml: yaml('ghcr.io/acme/hello'),
      files: { Dockerfile: 'FROM ghcr.io/acme/gone:1\nCOPY linux/amd64/hello /\n' },
    }),
  )
  const gone = await Promise.all(plan.spokes.map((one) => docker.probe(docker.parse(one.settings), ann)))
  expect(gone.flat()).toEqual([
    {
      severity: 'error',
      code: 'docker-base',
      message: 'dockers_v2[0]: the base image ghcr.io/acme/gone:1 is gone, or may not be read',
      where: { file: 'Dockerfile', line: 1, column: 6 },
      mend: expect.stringContaining('docker login'),
    },
  ])
})

it.each([
  ['dockers_v2: [{ images: [ghcr.io/acme/hello], dockerfile: images/Dockerfile', 'linux/amd64/hello'],
  ['dockers: [{ image_templates: ["ghcr.io/acme/hello:1"], dockerfile: images/Dockerfile', 'hello'],
])(
  'a base image that is gone, or whose registry is, is told with its line when the release is sealed: %s',
  async (yaml, from) => {
    await using under = await channelUnderTest()
    const images = (text: string) => ({ files: { 'images/Dockerfile': `${text}\nCOPY ${from} /\n` } })
    const entry = { ...project('1.2.3', { yaml: `${yaml} }]\n` }) }
    const gone = sealed({ ...entry, ...images('# ours\nARG TAG=1\nFROM ghcr.io/acme/gone:$TAG') }, under.io)
    await expect(gone).rejects.toMatchObject({
      code: 'spoke',
      message: 'images/Dockerfile:3:6: the base image ghcr.io/acme/gone:1 is gone, or may not be read',
      hint: expect.stringContaining('docker login'),
    })
    const files = sealed({ ...entry, ...images('FROM scratch\nCOPY --from=ghcr.io/acme/tools:2 /etc/ssl /') }, under.io)
    await expect(files).rejects.toThrow(/^images\/Dockerfile:2:\d+: the base image ghcr\.io\/acme\/tools:2 is gone/)
    const port = await freePort()
    const away = sealed({ ...entry, ...images(`FROM localhost:${port}/acme/base`) }, under.io)
    await expect(away).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(
        new RegExp(
          `^images/Dockerfile:1:6: the base image localhost:${port}/acme/base cannot be read: .*localhost:${port}`,
        ),
      ),
      hint: expect.stringContaining('docker pull'),
    })
  },
)

it('what is wrong in the config is told at its place', async () => {
  const told = async (
    yaml: string,
    files: Record<string, string> = { Dockerfile: DOCKERFILE },
    more: Partial<Project> = {},
  ): Promise<string[]> => {
    const plan = await planned({ yaml, files, ...more })
    return plan.diagnostics
      .filter((one) => one.severity === 'error')
      .map(({ where, code, message }) => `${where?.file}:${where?.line} ${code} ${message}`)
  }
  expect(await told('dockers_v2: [{ images: [ghcr.io/Acme/hello] }]\n')).toEqual([
    expect.stringMatching(/^\.goreleaser\.yaml:6 docker-name dockers_v2\[0\]: .*"Acme"/),
  ])
  expect(await told('dockers_v2: [{ images: [a/b] }]\n', { Dockerfile: 'FROM scratch\nCOPY hello /\n' })).toEqual([
    'Dockerfile:2 dockerfile there is no hello in the build context, which holds Dockerfile, linux/amd64/hello, linux/arm64/hello',
  ])
  expect(await told('dockers_v2: [{ images: [a/b] }]\n', {})).toEqual([
    '.goreleaser.yaml:6 docker-file dockers_v2[0]: there is no Dockerfile',
  ])
  expect(
    await told('dockers: [{ image_templates: ["a/b:1"], build_flag_templates: ["--secret=id=x"] }]\n', {
      Dockerfile: 'FROM scratch\nCOPY hello /\n',
    }),
  ).toEqual(['.goreleaser.yaml:6 docker-flag the flag "--secret=id=x" is not carried out'])
  expect(await told('docker_manifests: [{ name_template: "a/b:1", image_templates: ["a/b:x"] }]\n')).toEqual([
    '.goreleaser.yaml:6 docker-manifest no entry of dockers makes a/b:x',
  ])
  expect(
    await told(
      'dockers_v2: [{ images: [a/b] }]\n',
      { Dockerfile: DOCKERFILE },
      { archives: 'archives: [{ formats: [none] }]\n' },
    ),
  ).toEqual([
    expect.stringMatching(
      /docker-hub dockers_v2\[0\] takes its programs from the release, and no archive in it holds hello/,
    ),
  ])
})

it('v1.2.3-test: a pre-release is published under its own tag, and a warning tells which tags will move to it', async () => {
  const plan = await planned(project('1.2.3-test'))
  const [one] = plan.spokes
  expect(docker.check(docker.parse(one?.settings), plan).map(({ message }) => message)).toEqual([
    'dockers_v2[0]: the pre-release 1.2.3-test will be what latest, v1 gives',
  ])
  const auto = await planned(
    project('1.2.3-test', {
      yaml: 'dockers: [{ image_templates: ["a/b:1"], skip_push: auto, dockerfile: D }]\n',
      files: { D: 'FROM scratch\nCOPY hello /\n' },
    }),
  )
  expect(auto.spokes.map((spoke) => spoke.skip)).toEqual(['skip_push is auto, and this is a pre-release (test)'])
})

it('a snapshot lies in dist as a layout under all its names, the same from wherever it is made', async () => {
  const made = async (): Promise<[DistImage[] | undefined, OciIndex]> => {
    await using under = await channelUnderTest()
    const { hub, entries } = await sealed(project(), under.io)
    const images = await docker.snapshot?.(entries[0]!.settings, hub, under.io, under.io.folder)
    const index = join(under.io.folder, 'docker', 'dockers_v2-0', 'index.json')
    return [images, JSON.parse(await readFile(index, 'utf8')) as OciIndex]
  }
  const [images, index] = await made()
  expect(images?.map((one) => one.name)).toEqual(
    ['amd64', 'arm64'].flatMap((arch) => ['1.2.3', 'latest', 'v1'].map((tag) => `ghcr.io/acme/hello:${tag}-${arch}`)),
  )
  expect(index.manifests.map((one) => one.annotations?.['org.opencontainers.image.ref.name'])).toEqual([
    'ghcr.io/acme/hello:1.2.3',
    'ghcr.io/acme/hello:latest',
    'ghcr.io/acme/hello:v1',
  ])
  const zone = process.env['TZ']
  process.env['TZ'] = 'Asia/Kathmandu'
  const mask = process.umask(0o077)
  try {
    expect((await made())[1]).toEqual(index)
  } finally {
    process.umask(mask)
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})

it('labels tell the base that the image goes on from, not one that files are copied from', async () => {
  await using under = await channelUnderTest()
  const files = { Dockerfile: 'FROM scratch\nARG TARGETPLATFORM\nCOPY $TARGETPLATFORM/hello /\n' }
  const bases =
    'dockers_v2: [{ images: [ghcr.io/acme/base], tags: ["{{ .Version }}"], sbom: false, flags: [--provenance=false] }]\n'
  await publishAll((await sealed(project('1.0.0', { yaml: bases, files }), under.io)).hub, under.io)
  const yaml =
    'dockers_v2: [{ images: [ghcr.io/acme/top], tags: ["{{ .Version }}"], labels: { base: "{{ .BaseImage }}@{{ .BaseImageDigest }}" } }]\n'
  const dockerfile =
    'FROM ghcr.io/acme/base:1.0.0\nCOPY --from=ghcr.io/acme/base:1.0.0 /hello /copied\nCOPY --from=ghcr.io/acme/other:1 /hello /x\n'
  const other = bases.replace('/base', '/other').replace('{{ .Version }}', '1')
  await publishAll((await sealed(project('1.0.1', { yaml: other, files }), under.io)).hub, under.io)
  const top = await sealed(project('1.0.2', { yaml, files: { Dockerfile: dockerfile } }), under.io)
  expect(states(await publishAll(top.hub, under.io))).toEqual(['top:1.0.2 live'])
  const digest = (await under.registry.manifest('acme/base', '1.0.0'))?.digest
  const index = JSON.parse((await under.registry.manifest('acme/top', '1.0.2'))!.bytes.toString()) as OciIndex
  const image = JSON.parse(
    (await under.registry.manifest('acme/top', index.manifests[0]?.digest ?? ''))!.bytes.toString(),
  ) as OciManifest
  const path = join(under.io.folder, 'config.json')
  await under.registry.blob('acme/top', image.config.digest, path)
  const config = JSON.parse(await readFile(path, 'utf8')) as OciConfig
  expect(config.config?.Labels).toEqual({ base: `ghcr.io/acme/base:1.0.0@${digest}` })
  expect(image.layers.length).toBe(3)
})
