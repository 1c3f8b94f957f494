import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { converge } from '../../converge/converge.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import { run } from '../../external/process.ts'
import type { NpmAttestations } from '../../external/npm-registry.ts'
import type { SigstoreBundle } from '../../formats/sigstore-bundle.ts'
import { statementIn } from '../../formats/sigstore-bundle.ts'
import { diskStore } from '../../rehearsal/store.ts'
import { startWorld } from '../../rehearsal/world.ts'
import { trustServer } from '../shared/testing/trust-server.ts'
import { ACTIONS_VARIABLES } from '../shared/workflow-identity.ts'
import { npm } from './index.ts'
import { fixture, withChannel } from './testing.ts'
import { npmRegistryServer } from './world-server.ts'
import { npmWorld } from './world.ts'

const version = await run(['npm', '--version']).catch(() => undefined)
/** Before that npm asks for a registry's key with attestations that need none. */
const able = version !== undefined && version.code === 0 && Number(version.stdout.split('.')[0]) >= 11

test.skipIf(!able)(
  '`npm audit signatures` of the real npm takes the provenance, and sees when it was changed (skipped without npm 11)',
  async () => {
    await using folder = await tempFolder('npm-audit')
    const trust = await trustServer()
    await using world = await startWorld({
      folder: join(folder.path, 'world'),
      servers: [npmRegistryServer, trust.server],
      proxy: true,
    })
    const signal = new AbortController().signal
    const routes = world.routes()
    const http = createHttp({ routes, signal, events: new Events(), userAgent: 'tagonce/test', offline: true })
    const settings = { trusted: true, provenance: 'auto' } as const
    const { hub } = await fixture(folder.path, { name: '@acme/hello', settings })
    const env = Object.fromEntries(ACTIONS_VARIABLES.map((name) => [name, npmWorld.credential?.(name) ?? '']))
    const own = await mkdtemp(join(folder.path, 'run-'))
    const report = await withChannel(
      http,
      own,
      (io) => converge(hub, [npm], { ...io, sleep: async () => {} }, { verify: true }),
      env,
    )
    expect(report.exitCode).toBe(0)

    const audited = async (name: string): Promise<{ code: number | null; text: string }> => {
      const project = join(folder.path, name)
      await mkdir(project, { recursive: true })
      await writeFile(join(project, 'package.json'), '{ "name": "user", "version": "1.0.0" }')
      const client = { ...world.clientEnv(join(project, 'home')), npm_config_audit: 'false', npm_config_fund: 'false' }
      trust.trustedBy(join(project, 'home', '.npm'))
      const start = (argv: string[]) => run(argv, { cwd: project, env: client, timeout: 120_000 })
      const installed = await start(['npm', 'install', '--ignore-scripts', '@acme/hello@1.2.3'])
      expect(installed.code).toBe(0)
      const said = await start(['npm', 'audit', 'signatures'])
      return { code: said.code, text: `${said.stdout}${said.stderr}` }
    }
    const good = await audited('good')
    expect(good.text).toContain('2 packages have verified registry signatures')
    expect(good.text).toContain('2 packages have verified attestations')
    expect(good.code).toBe(0)

    const state = diskStore(join(folder.path, 'world', 'state', 'registry.npmjs.org'))
    const at = 'attestations/@acme%2fhello@1.2.3'
    const bundle = state.read<SigstoreBundle>(at)
    const [entry] = bundle?.verificationMaterial.tlogEntries ?? []
    if (bundle === undefined || entry === undefined) throw new Error('no provenance')
    entry.integratedTime = String(Number(entry.integratedTime) + 1)
    state.write(at, bundle)
    const changed = await audited('changed')
    expect(changed.text).toContain('1 package has an invalid attestation')
    expect(changed.code).toBe(1)
  },
  180_000,
)

test.skipIf(!able)(
  'what `npm publish` of the real npm signs by itself says the same as what we sign, and is taken by the same servers (skipped without npm 11)',
  async () => {
    await using folder = await tempFolder('npm-publish')
    await using world = await startWorld({
      folder: join(folder.path, 'world'),
      servers: [npmRegistryServer],
      proxy: true,
    })
    const signal = new AbortController().signal
    const routes = world.routes()
    const http = createHttp({ routes, signal, events: new Events(), userAgent: 'tagonce/test', offline: true })
    const env = Object.fromEntries(ACTIONS_VARIABLES.map((name) => [name, npmWorld.credential?.(name) ?? '']))
    const own = await mkdtemp(join(folder.path, 'run-'))
    const settings = { trusted: true, provenance: 'auto' } as const
    const { hub } = await fixture(folder.path, { name: 'ours', mode: 'download', settings })
    await withChannel(http, own, (io) => converge(hub, [npm], { ...io, sleep: async () => {} }, { verify: true }), env)

    const project = join(folder.path, 'theirs')
    await mkdir(project)
    const repository = { type: 'git', url: 'git+https://github.com/acme/hello.git' }
    const manifest = (version: string): string =>
      JSON.stringify({ name: 'theirs', version, license: 'MIT', repository })
    // What the runner sets, for the same made-up workflow.
    const actions = {
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'acme/hello',
      GITHUB_REPOSITORY_ID: '1',
      GITHUB_REPOSITORY_OWNER_ID: '1',
      GITHUB_WORKFLOW_REF: 'acme/hello/.github/workflows/release.yml@refs/tags/v1.2.3',
      GITHUB_REF: 'refs/tags/v1.2.3',
      GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_RUN_ID: '1',
      GITHUB_RUN_ATTEMPT: '1',
      RUNNER_ENVIRONMENT: 'github-hosted',
    }
    const client = { ...world.clientEnv(join(project, 'home')), ...actions, ...env, npm_config_fetch_retries: '0' }
    const publish = (argv: string[], more: Record<string, string> = {}) =>
      run(['npm', 'publish', ...argv], { cwd: project, env: { ...client, ...more }, timeout: 120_000 })
    const token = { 'npm_config_//registry.npmjs.org/:_authToken': 'npm_forTestsOnly' }
    await writeFile(join(project, 'package.json'), manifest('1.0.0'))
    const asked = await publish(['--provenance', '--access', 'public'], token)
    expect(asked.stderr).toContain('Signed provenance statement')
    expect(asked.code).toBe(0)
    // The package exists and is public now, so npm turns it on by itself.
    await writeFile(join(project, 'package.json'), manifest('1.2.3'))
    const byItself = await publish([])
    expect(byItself.stderr).toContain('Signed provenance statement')
    expect(byItself.code).toBe(0)

    const bundleOf = async (version: string): Promise<SigstoreBundle> => {
      const answer = await http.request(`https://registry.npmjs.org/-/npm/v1/attestations/${version}`)
      return ((await answer.json()) as NpmAttestations).attestations?.[0]?.bundle as SigstoreBundle
    }
    const [ours, theirs] = [await bundleOf('ours@1.2.3'), await bundleOf('theirs@1.2.3')]
    const [said, also] = [statementIn(ours.dsseEnvelope), statementIn(theirs.dsseEnvelope)]
    expect({ ...said, subject: [] }).toEqual({ ...also, subject: [] })
    expect([said, also].map((one) => one?.subject[0]?.name)).toEqual(['pkg:npm/ours@1.2.3', 'pkg:npm/theirs@1.2.3'])
    expect(shapeOf(ours)).toEqual(shapeOf(theirs))
  },
  180_000,
)

/** The keys of a value, and the kinds of what they hold. */
function shapeOf(value: unknown): unknown {
  // How many hashes a proof has depends on the log.
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string') ? 'texts' : value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]))
}
