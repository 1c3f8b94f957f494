import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { converge } from '../../../converge/converge.ts'
import { credentialsOf } from '../../../core/credentials.ts'
import { Events } from '../../../core/events.ts'
import { tempFolder } from '../../../core/temp.ts'
import { createHttp } from '../../../external/http.ts'
import { ociRegistry } from '../../../external/oci-registry.ts'
import { run } from '../../../external/process.ts'
import { told } from '../../../plan/test-plan.ts'
import { seedGithub } from '../../../rehearsal/github/seed.ts'
import { githubServer } from '../../../rehearsal/github/server.ts'
import { startWorld } from '../../../rehearsal/world.ts'
import { docker } from '../index.ts'
import { ko } from '../ko/index.ts'
import { channel, planned, reopened, sealed } from '../testing/release.ts'
import type { Project } from '../testing/release.ts'
import { ociRegistryServer } from '../world-server.ts'
import { dockerSigns } from './index.ts'

const project = (signs: string): Project => ({
  yaml: `release: { github: { owner: acme, name: hello } }
dockers_v2: [{ images: [ghcr.io/acme/hello], tags: ["{{ .Version }}"], platforms: [linux/amd64] }]
docker_signs: [${signs}]
`,
  files: { Dockerfile: 'FROM scratch\nARG TARGETPLATFORM\nCOPY $TARGETPLATFORM/hello /\n' },
})

const path = process.env['PATH']
afterEach(() => {
  process.env['PATH'] = path
})

/** A registry, a GitHub, and a cosign that notes how it is called. */
async function signingWorld(env: Record<string, string> = {}) {
  const folder = await tempFolder('signs')
  await mkdir(join(folder.path, 'run'))
  await mkdir(join(folder.path, 'bin'))
  const note = join(folder.path, 'note')
  const script = `#!/bin/sh\n[ "$1" = version ] && exit 0\n{ echo "$*"; echo "$digest $artifactID $LEVEL"; cat; echo; } >> ${note}\n[ -z "$FAIL" ]\n`
  await writeFile(join(folder.path, 'bin', 'cosign'), script)
  await chmod(join(folder.path, 'bin', 'cosign'), 0o755)
  process.env['PATH'] = `${join(folder.path, 'bin')}:${path}`
  const world = await startWorld({ folder: join(folder.path, 'world'), servers: [githubServer(), ociRegistryServer] })
  const seed = seedGithub(join(folder.path, 'world'))
  seed.token({ token: 'ghp_ofAcmeForTests', login: 'acme' })
  await seed.repository({ name: 'acme/hello', files: { 'README.md': '# hello\n' } })
  const git = ['git', '--git-dir', seed.gitFolder('acme/hello')]
  const commit = (await run([...git, 'rev-parse', 'main'])).stdout.trim()
  const routes = world.routes()
  const signal = new AbortController().signal
  const http = createHttp({
    routes,
    outside: routes,
    signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
  })
  const given = { GITHUB_TOKEN: 'ghp_ofAcmeForTests', ...env }
  const io = { ...(await channel(http, join(folder.path, 'run'), given)), credentials: credentialsOf(given) }
  return {
    io,
    commit,
    notes: () => readFile(note, 'utf8').catch(() => ''),
    refs: async () => (await run([...git, 'for-each-ref', '--format=%(refname)'])).stdout,
    async [Symbol.asyncDispose]() {
      await world.stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}

type World = Awaited<ReturnType<typeof signingWorld>>

/** Publishes images, and then signs them. */
async function publish(under: World, yaml: string, more: { stripSecrets?: boolean } = {}) {
  const one = await sealed(project(yaml), under.io)
  const signs = one.plan.spokes.filter((entry) => entry.spoke === 'docker_signs')
  const manifest = {
    ...one.hub.manifest,
    commit: under.commit,
    spokes: [
      ...one.hub.manifest.spokes,
      ...signs.map(({ spoke, entry, settings }) => ({ spoke, entry, settings, pins: {} })),
    ],
  }
  const again = async () => {
    const events = new Events()
    const hub = reopened({ ...one, hub: { ...one.hub, manifest } }, under.io)
    const report = await events.task('publish', (task) =>
      converge(
        hub,
        [docker, ko, dockerSigns],
        { ...under.io, ...more, task, events, sleep: async () => {} },
        { verify: true },
      ),
    )
    return report.channels.flatMap(({ spoke, units }) =>
      spoke === 'docker_signs'
        ? units.map((unit) => `${unit.observation.state} ${unit.failure?.message ?? ''}`.trim())
        : [],
    )
  }
  return { again, manifest }
}

it('cosign is called as GoReleaser calls it, for the digest that was pushed, and once', async () => {
  await using under = await signingWorld({ COSIGN_PWD: 'hunter2-of-ann' })
  const one = await publish(under, '{ stdin: "{{ .Env.COSIGN_PWD }}", env: ["LEVEL=7"] }')
  expect(await one.again()).toEqual(['live'])
  const digest = (await ociRegistry('ghcr.io', { http: under.io.http }).manifest('acme/hello', '1.2.3'))?.digest
  expect(await under.notes()).toBe(
    `sign --key=cosign.key ghcr.io/acme/hello:1.2.3@${digest} --yes\n${digest} default 7\nhunter2-of-ann\n`,
  )
  expect(await under.refs()).toContain('refs/tagonce/v1.2.3/docker-sign-default-ghcr.io-acme-hello-1.2.3-')
  expect(await one.again()).toEqual(['live'])
  expect((await under.notes()).match(/--yes/g)?.length).toBe(1)
  expect(JSON.stringify(one.manifest)).not.toContain('hunter2')
})

it('a tool that fails is told, and called again by the next run', async () => {
  await using under = await signingWorld()
  process.env['FAIL'] = '1'
  const one = await publish(under, '{}')
  expect((await one.again())[0]).toMatch(
    /^absent docker_signs default: cosign ended with 1 for ghcr.io\/acme\/hello:1.2.3@sha256:/,
  )
  delete process.env['FAIL']
  expect(await one.again()).toEqual(['live'])
})

it('a rehearsal signs nothing, and says why', async () => {
  await using under = await signingWorld()
  const one = await publish(under, '{}', { stripSecrets: true })
  expect(await one.again()).toEqual(['staged'])
  expect(await under.notes()).toBe('')
})

it('artifacts and ids choose among images', async () => {
  await using under = await signingWorld()
  const units = async (yaml: string): Promise<number> => {
    const { manifest } = await publish(under, yaml)
    return dockerSigns.units(manifest, dockerSigns.parse(manifest.spokes[1]?.settings)).length
  }
  expect(await units('{ artifacts: images }')).toBe(1)
  expect(await units('{ artifacts: all, ids: [other] }')).toBe(0)
})

it('what is wrong is told before anything is built', async () => {
  const plan = await planned(
    project('{ artifacts: sbom }, { id: b, stdin: "hunter2" }, { id: c, env: ["COSIGN_PASSWORD=hunter2"] }'),
  )
  expect(told(plan).map((one) => one.replace(/^\S+ /, ''))).toEqual([
    'docker-signs no images are called sbom',
    'docker-signs a secret does not stand in a config',
    'docker-signs a secret does not stand in a config',
  ])
  await using under = await signingWorld()
  const known = dockerSigns.parse(JSON.parse(JSON.stringify(plan.spokes.find((one) => one.entry === 'b')?.settings)))
  const found = await dockerSigns.probe({ ...known, cmd: 'nowhere-to-be-found' }, under.io)
  expect(found.map((one) => one.message)).toEqual(['docker_signs b: nowhere-to-be-found is not on the PATH'])
})
