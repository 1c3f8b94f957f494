import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { tempFolder } from '../../../core/temp.ts'
import { hasJudge, judgeRegistry } from '../../../external/oci-registry-testing.ts'
import type { JudgeRegistry } from '../../../external/oci-registry-testing.ts'
import { ociRegistry } from '../../../external/oci-registry.ts'
import { run } from '../../../external/process.ts'
import type { OciConfig, OciIndex, OciManifest } from '../../../formats/oci-types.ts'
import { parsePlatform } from '../dockerfile/platform.ts'
import { docker } from '../index.ts'
import { channel, localHttp, planned, publishAll, reopened, sealed } from '../testing/release.ts'
import type { Project } from '../testing/release.ts'
import { pinned } from './pinned.ts'

const hasBuildah = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'buildah')))
const able = hasBuildah && hasJudge && process.platform === 'linux' && process.getuid?.() === 0
if (!able) console.log('skipped: buildah and docker-registry are needed, as root')

afterEach(() => vi.unstubAllEnvs())

const BUILDS = 'project_name: hello\nbuilds: [{ goos: [linux], goarch: [amd64], no_main_check: true }]\n'

/** Runs what differs each time, so that a second build is seen. */
const RUNS = (base: string): string => `ARG BASE=${base}
FROM $BASE AS made
ARG TARGETPLATFORM
COPY $TARGETPLATFORM/hello /out/hello
RUN cat /proc/sys/kernel/random/uuid > /out/stamp

FROM $BASE
COPY --from=made /out /opt
RUN cp /opt/hello /usr/hello && rm /opt/hello
ENTRYPOINT ["/usr/hello"]
`

const project = (host: string, more: Partial<Project> = {}): Project => ({
  builds: BUILDS,
  yaml: `dockers_v2:
  - images: ['${host}/acme/hello']
    tags: ['{{ .Version }}', latest]
    platforms: [linux/amd64]
    labels: { org.example.made: 'yes' }
`,
  files: { Dockerfile: RUNS(`${host}/acme/base:1`) },
  ...more,
})

async function buildah(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(['buildah', ...args])
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
  return stdout.trim()
}

/** A base with a shell, which is this machine's own. */
async function pushBase(folder: string, judge: JudgeRegistry): Promise<void> {
  const context = join(folder, 'base')
  const programs = ['/bin/sh', '/bin/cat', '/bin/cp', '/bin/rm']
  const { stdout } = await run(['ldd', ...programs])
  const libraries = [...new Set(stdout.match(/(?<=\s)\/\S+(?= \()/g) ?? [])]
  for (const path of [...programs, ...libraries]) {
    await mkdir(dirname(join(context, path)), { recursive: true })
    await copyFile(path, join(context, path))
  }
  await mkdir(join(context, 'usr'), { recursive: true })
  await writeFile(join(context, 'usr', 'note'), 'base')
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nENV PATH=/bin\nCOPY . /\n')
  await buildah(['build', '-t', 'tagonce-test-base', context])
  await buildah(['push', '--tls-verify=false', 'tagonce-test-base', `docker://${judge.host}/acme/base:1`])
}

async function under(folder: string) {
  const judge = await judgeRegistry(folder)
  vi.stubEnv('STORAGE_DRIVER', 'vfs')
  vi.stubEnv('BUILDAH_ISOLATION', 'chroot')
  vi.stubEnv('CONTAINERS_STORAGE_CONF', join(folder, 'storage.conf'))
  const places = `graphroot = "${join(folder, 'store')}"\nrunroot = "${join(folder, 'run')}"\n`
  await writeFile(join(folder, 'storage.conf'), `[storage]\ndriver = "vfs"\n${places}`)
  await pushBase(folder, judge)
  return judge
}

test.skipIf(!able)(
  'a Dockerfile with RUN goes to buildah, and another run leaves what is there',
  { timeout: 120_000 },
  async () => {
    await using folder = await tempFolder('engine')
    await using judge = await under(folder.path)
    const io = await channel(localHttp(), folder.path)
    const one = await sealed(project(judge.host), io)
    const states = (report: Awaited<ReturnType<typeof publishAll>>): unknown[] =>
      report.channels.flatMap((each) =>
        each.units.map((unit) => [unit.id.replace(/.*:/, ''), unit.observation.state, unit.failure?.message]),
      )
    const first = await publishAll(one.hub, io)
    expect(states(first)).toEqual([
      ['1.2.3', 'live', undefined],
      ['latest', 'live', undefined],
    ])
    const registry = ociRegistry(judge.host, { http: io.http })
    const root = await registry.manifest('acme/hello', '1.2.3')
    const index = JSON.parse(root?.bytes.toString() ?? '') as OciIndex
    const image = await registry.manifest('acme/hello', index.manifests[0]?.digest ?? '')
    const { config: told } = JSON.parse(image?.bytes.toString() ?? '') as OciManifest
    await registry.blob('acme/hello', told.digest, join(folder.path, 'config'))
    const config = JSON.parse(await readFile(join(folder.path, 'config'), 'utf8')) as OciConfig
    expect(config).toMatchObject({
      architecture: 'amd64',
      os: 'linux',
      created: one.hub.manifest.date.replace('+00:00', 'Z'),
    })
    expect(config.config).toMatchObject({ Entrypoint: ['/usr/hello'], Labels: { 'org.example.made': 'yes' } })
    // Nothing of it stays in the store but the base.
    expect((await buildah(['images', '--quiet', '--all'])).split('\n').length).toBe(1)

    const again = await publishAll(reopened(one, io), io)
    expect([states(again), (await registry.manifest('acme/hello', '1.2.3'))?.digest]).toEqual([
      states(first),
      root?.digest,
    ])

    const changed = await sealed(
      project(judge.host, { files: { Dockerfile: `${RUNS(`${judge.host}/acme/base:1`)}USER 7\n` } }),
      io,
    )
    expect(states(await publishAll(changed.hub, io))[0]).toEqual(['1.2.3', 'mismatch', undefined])
  },
)

test.skipIf(!able)(
  'names that lack are to show the image that is there, not one built anew',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('engine')
    await using judge = await under(folder.path)
    const io = await channel(localHttp(), folder.path)
    const yaml = `dockers_v2: [{ images: ['${judge.host}/acme/one', '${judge.host}/acme/two'], tags: [latest], platforms: [linux/amd64] }]\n`
    const one = await sealed(project(judge.host, { yaml }), io)
    const [first] = one.entries[0]?.units ?? []
    await docker.publish(first!, { state: 'absent', evidence: [] }, one.hub, io)
    await publishAll(reopened(one, io), io)
    const registry = ociRegistry(judge.host, { http: io.http })
    const digests = await Promise.all(['one', 'two'].map((name) => registry.manifest(`acme/${name}`, 'latest')))
    expect(digests.map((each) => each?.digest)).toEqual([digests[0]?.digest, digests[0]?.digest])
    expect(digests[0]?.digest).toMatch(/^sha256:/)
  },
)

test.skipIf(!able)('a build that fails is told with what the engine said', { timeout: 60_000 }, async () => {
  await using folder = await tempFolder('engine')
  await using judge = await under(folder.path)
  const io = await channel(localHttp(), folder.path)
  const files = { Dockerfile: `FROM ${judge.host}/acme/base:1\nRUN cat /nowhere\n` }
  const { hub } = await sealed(project(judge.host, { files }), io)
  const report = await publishAll(hub, io)
  const [unit] = report.channels.flatMap((one) => one.units)
  expect([unit?.observation.state, unit?.failure?.message]).toEqual([
    'absent',
    expect.stringMatching(/^buildah build ended with 1: .*RUN cat \/nowhere/),
  ])
})

test.skipIf(!able)('a program that RUN changed is found out', { timeout: 60_000 }, async () => {
  await using folder = await tempFolder('engine')
  await using judge = await under(folder.path)
  const io = await channel(localHttp(), folder.path)
  const files = { Dockerfile: `FROM ${judge.host}/acme/base:1\nCOPY linux/amd64/hello /\nRUN echo more >> /hello\n` }
  const { hub } = await sealed(project(judge.host, { files }), io)
  const report = await publishAll(hub, io)
  const [unit] = report.channels.flatMap((one) => one.units)
  expect([unit?.observation.state, unit?.observation.reason]).toEqual([
    'mismatch',
    expect.stringContaining("for linux/amd64 holds no file with the bytes of the hub's hello (sha256:"),
  ])
})

/** A `docker` whose buildx is ours: it copies a layout that was made before. */
async function fakeDocker(folder: string, driver: string): Promise<string> {
  const bin = join(folder, `bin-${driver}`)
  await mkdir(bin, { recursive: true })
  const script = `#!/bin/sh
case "$1 $2" in
  'buildx version') echo 'github.com/docker/buildx v0.30.1 abc';;
  'buildx inspect') echo 'Name: b'; echo 'Driver:        ${driver}';;
  'info --format') echo '[[driver-type overlay2]]';;
  'buildx build') printf '%s\\n' "$@" > '${folder}/argv'
    for one in "$@"; do case "$one" in type=oci,dest=*) cp '${folder}/made.tar' "\${one#type=oci,dest=}";; esac; done;;
esac
`
  await writeFile(join(bin, 'docker'), script)
  await chmod(join(bin, 'docker'), 0o755)
  return bin
}

test.skipIf(!able)(
  'docker buildx goes before buildah, and its archive is pushed by us',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('engine')
    await using judge = await under(folder.path)
    const io = await channel(localHttp(), folder.path)
    const { hub } = await sealed(project(judge.host), io)
    const program = await hub.binary(hub.manifest.artifacts[0]!, hub.manifest.artifacts[0]!.binaries[0]!.path)
    const context = join(folder.path, 'theirs')
    await mkdir(context)
    await copyFile(program, join(context, 'hello'))
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY hello /hello\n')
    await buildah(['build', '-t', 'theirs', context])
    await buildah(['push', '--format', 'oci', 'theirs', `oci-archive:${join(folder.path, 'made.tar')}`])
    vi.stubEnv('PATH', `${await fakeDocker(folder.path, 'docker-container')}${delimiter}${process.env['PATH'] ?? ''}`)
    const report = await publishAll(hub, io)
    expect(report.channels.flatMap((one) => one.units.map((unit) => unit.observation.state))).toEqual(['live', 'live'])
    const argv = (await readFile(join(folder.path, 'argv'), 'utf8')).split('\n')
    expect(argv).toEqual(
      expect.arrayContaining(['--platform', 'linux/amd64', '--provenance=false', '--label', 'org.example.made=yes']),
    )
  },
)

test('without an engine it is told before anything is built, with its line', async () => {
  await using folder = await tempFolder('engine')
  const io = await channel(localHttp(), folder.path, { GITHUB_TOKEN: 'ghp_forTestsOnly' })
  const plan = await planned(
    project('127.0.0.1:9', { files: { Dockerfile: 'FROM scratch\nCOPY linux/amd64/hello /\nRUN echo hi\n' } }),
  )
  const probe = async (path: string): Promise<unknown[]> => {
    vi.stubEnv('PATH', path)
    const found = await docker.probe(docker.parse(plan.spokes[0]?.settings), io)
    return found.filter((one) => one.code === 'docker-engine').map(({ message, where }) => [message, where?.line])
  }
  const what = 'dockers_v2[0]: RUN echo hi: docker buildx or buildah is needed for this'
  expect(await probe('/nowhere')).toEqual([[`${what}: there is no docker buildx; there is no buildah`, 3]])
  expect(await probe(await fakeDocker(folder.path, 'docker'))).toEqual([
    [`${what}: the builder of docker buildx exports no OCI images: docker buildx create --use; there is no buildah`, 3],
  ])
  expect(await probe(await fakeDocker(folder.path, 'docker-container'))).toEqual([])
})

test('base images are named by their digests, wherever they are named', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const source = `# syntax=docker/dockerfile:1
ARG V=3
FROM alpine:$V AS first
RUN true
FROM  \\
  --platform=$BUILDPLATFORM ghcr.io/acme/tool AS tool
FROM first
COPY --chown=0 --from=busybox:1 /a /b
COPY --from=tool /c /d
COPY <<EOF /e
FROM alpine:$V
EOF
`
  const pins = { 'name:alpine:3': digest, 'name:ghcr.io/acme/tool': digest, 'name:busybox:1': digest }
  const want = source
    .replace('FROM alpine:$V AS', `FROM docker.io/library/alpine@${digest} AS`)
    .replace('ghcr.io/acme/tool', `ghcr.io/acme/tool@${digest}`)
    .replace('--from=busybox:1', `--from=docker.io/library/busybox@${digest}`)
  expect(pinned('Dockerfile', source, { platform: parsePlatform('linux/arm64')!, args: {} }, pins)).toBe(want)
})
