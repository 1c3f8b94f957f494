import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleFromJSON } from '@sigstore/bundle'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { converge } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import type { Http } from '../../external/http.ts'
import type { NpmAttestations, Packument } from '../../external/npm-registry.ts'
import type { SigstoreBundle } from '../../formats/sigstore-bundle.ts'
import { statementIn } from '../../formats/sigstore-bundle.ts'
import type { HubReader } from '../../hub/hub.ts'
import { diskStore } from '../../rehearsal/store.ts'
import { startWorld } from '../../rehearsal/world.ts'
import type { WorldHandle } from '../../rehearsal/world.ts'
import { trustedRoot } from '../shared/testing/trusted-root.ts'
import { ACTIONS_VARIABLES } from '../shared/workflow-identity.ts'
import { npm } from './index.ts'
import { fixture, withChannel } from './testing.ts'
import type { FixtureOptions } from './testing.ts'
import { npmRegistryServer } from './world-server.ts'
import { npmWorld } from './world.ts'

const WORKFLOW = Object.fromEntries(ACTIONS_VARIABLES.map((name) => [name, npmWorld.credential?.(name) ?? '']))
const BOTH = { ...WORKFLOW, NPM_TOKEN: 'npm_forTestsOnly' }
const REGISTRY = 'https://registry.npmjs.org'

let folder: Awaited<ReturnType<typeof tempFolder>>
let world: WorldHandle
let http: Http

beforeAll(async () => {
  folder = await tempFolder('npm-provenance')
  world = await startWorld({ folder: join(folder.path, 'world'), servers: [npmRegistryServer] })
  const signal = new AbortController().signal
  http = createHttp({ routes: world.routes(), signal, events: new Events(), userAgent: 'tagonce/test', offline: true })
})
afterAll(async () => {
  await world.stop()
  await folder[Symbol.asyncDispose]()
})
beforeEach(() => claims({}))

const state = () => diskStore(join(folder.path, 'world', 'state', 'registry.npmjs.org'))
/** What GitHub says of the workflow, beside the usual. */
const claims = (value: object): void => state().write('claims', value)
const logged = (): number => (state().read<unknown[]>('rekor') ?? []).length
const release = async (options: FixtureOptions): Promise<HubReader> => (await fixture(folder.path, options)).hub
const settingsOf = (hub: HubReader) => npm.parse(hub.manifest.spokes[0]?.settings)
const probe = (hub: HubReader, env: Record<string, string> = BOTH) =>
  withChannel(http, folder.path, (io) => npm.probe(settingsOf(hub), io), env)
async function publish(hub: HubReader, env: Record<string, string> = BOTH): Promise<Report> {
  const own = await mkdtemp(join(folder.path, 'run-'))
  return withChannel(http, own, (io) => converge(hub, [npm], { ...io, sleep: async () => {} }, { verify: true }), env)
}
const units = (report: Report) => report.channels.flatMap((one) => one.units)
const states = (report: Report): string[] => [...new Set(units(report).map((one) => one.observation.state))]
const evidence = (report: Report): string[] =>
  units(report).flatMap((one) => one.observation.evidence.map((seen) => seen.what))
const writes = (): string[] =>
  world
    .requests()
    .filter((one) => one.mutating)
    .map((one) => `${one.method} ${one.host}${one.path}`)
const packument = async (name: string): Promise<Packument> =>
  (await (await http.request(`${REGISTRY}/${name.replace('/', '%2f')}`)).json()) as Packument
async function bundleOf(name: string, version = '1.2.3'): Promise<SigstoreBundle> {
  const url = (await packument(name)).versions?.[version]?.dist.attestations?.url ?? ''
  const answer = (await (await http.request(url)).json()) as NpmAttestations
  return answer.attestations?.[0]?.bundle as SigstoreBundle
}

const on = { provenance: 'on' } as const

describe('npm provenance', () => {
  test("Sigstore's own library takes the bundle of every package, and what it says is about that tarball", async () => {
    const hub = await release({ name: '@acme/hello', settings: on })
    expect(npm.credentials(settingsOf(hub))).toEqual(['NPM_TOKEN', ...ACTIONS_VARIABLES])
    expect((await probe(hub)).filter((one) => one.severity !== 'info')).toEqual([])
    const report = await publish(hub)
    expect(states(report)).toEqual(['live'])
    const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(await trustedRoot())))
    const workflow = 'https://github.com/acme/hello/.github/workflows/release.yml@refs/tags/v1.2.3'
    const issuer = 'https://token.actions.githubusercontent.com'
    const names = units(report).flatMap((one) => /^npm:(.+)@1\.2\.3$/.exec(one.id)?.[1] ?? [])
    expect(names.length).toBeGreaterThan(1)
    for (const name of names) {
      const bundle = await bundleOf(name)
      const entity = toSignedEntity(bundleFromJSON(bundle))
      const policy = { subjectAlternativeName: workflow, extensions: { issuer } }
      expect(verifier.verify(entity, policy).identity?.subjectAlternativeName).toBe(workflow)
      const integrity = (await packument(name)).versions?.['1.2.3']?.dist.integrity ?? ''
      const sha512 = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')
      const url = `pkg:npm/${name.replace('@', '%40')}@1.2.3`
      expect(statementIn(bundle.dsseEnvelope)).toMatchObject({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ name: url, digest: { sha512 } }],
        predicateType: 'https://slsa.dev/provenance/v1',
        predicate: {
          buildDefinition: {
            buildType: 'https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1',
            externalParameters: {
              workflow: {
                ref: 'refs/tags/v1.2.3',
                repository: 'https://github.com/acme/hello',
                path: '.github/workflows/release.yml',
              },
            },
          },
          runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
        },
      })
    }
    expect(
      evidence(report).filter((one) => one.includes('certified by tagonce rehearsal, made-up identity')),
    ).toHaveLength(names.length)
    // One certificate serves them all.
    expect(writes().filter((one) => one === 'POST fulcio.sigstore.dev/api/v2/signingCert')).toHaveLength(1)
    expect(logged()).toBe(names.length)
    const before = writes().length
    expect(states(await publish(hub))).toEqual(['live'])
    expect(writes()).toHaveLength(before)
  })

  test('a bundle that was changed is refused by the library and by the local registry alike', async () => {
    const hub = await release({ name: 'forged', mode: 'download', settings: on })
    await publish(hub)
    const bundle = await bundleOf('forged')
    const other = structuredClone(bundle)
    other.dsseEnvelope.payload = Buffer.from(
      Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replaceAll('forged', 'other'),
    ).toString('base64')
    const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(await trustedRoot())))
    expect(() => verifier.verify(toSignedEntity(bundleFromJSON(other)))).toThrow(/mismatch|verif/)
    const { provenBy } = await import('../shared/world-provenance.ts')
    expect(await provenBy(bundle)).toMatchObject({ by: { repository: 'https://github.com/acme/hello' } })
    expect(await provenBy(other)).toBe('signature verification failed')
    const late = structuredClone(bundle)
    const [entry] = late.verificationMaterial.tlogEntries
    if (entry !== undefined) entry.integratedTime = String(Number(entry.integratedTime) + 1)
    expect(() => verifier.verify(toSignedEntity(bundleFromJSON(late)))).toThrow(/inclusion promise/)
    expect(await provenBy(late)).toBe('inclusion promise could not be verified')
  })

  test('ended between signing and publishing: the next run signs anew, and nothing is published twice', async () => {
    const hub = await release({ name: 'ended', mode: 'download', settings: on })
    const before = logged()
    const own = await mkdtemp(join(folder.path, 'run-'))
    const cut: Http = {
      ...http,
      request: async (url, options) => {
        if (options?.method === 'PUT' && url === `${REGISTRY}/ended`) throw new Error('the process has ended')
        return http.request(url, options)
      },
    }
    const first = await withChannel(
      cut,
      own,
      (io) => converge(hub, [npm], { ...io, sleep: async () => {} }, { verify: true }),
      BOTH,
    )
    expect(states(first)).toEqual(['absent'])
    expect(logged()).toBe(before + 1)
    expect(states(await publish(hub))).toEqual(['live'])
    expect(logged()).toBe(before + 2)
    expect(writes().filter((one) => one === 'PUT registry.npmjs.org/ended')).toHaveLength(1)
    expect((await bundleOf('ended')).verificationMaterial.tlogEntries[0]?.logIndex).toBe(String(before + 1))
  })

  test('an answer of the log that was lost is asked for again: the entry stands there once', async () => {
    const hub = await release({ name: 'lost', mode: 'download', settings: on })
    const before = logged()
    let lost = false
    const own = await mkdtemp(join(folder.path, 'run-'))
    const cut: Http = {
      ...http,
      request: async (url, options) => {
        const response = await http.request(url, options)
        if (lost || !url.endsWith('/api/v1/log/entries')) return response
        lost = true
        return http.request(url, options)
      },
    }
    const run = (io: Parameters<typeof converge>[2]) => converge(hub, [npm], io, { verify: true })
    const report = await withChannel(cut, own, (io) => run({ ...io, sleep: async () => {} }), BOTH)
    expect(lost).toBe(true)
    expect(states(report)).toEqual(['live'])
    expect(logged()).toBe(before + 1)
  })

  test.each([
    ['fulcio.sigstore.dev/api/v2/signingCert', 503, '{"message":"down"}', 'network', /Fulcio answered 503 \(down\)/],
    ['fulcio.sigstore.dev/api/v2/signingCert', 400, '{"message":"no"}', 'credentials', /Fulcio answered 400 \(no\)/],
    ['fulcio.sigstore.dev/api/v2/signingCert', 200, '<html>', 'network', /not with a certificate for our key/],
    ['rekor.sigstore.dev/api/v1/log/entries', 503, '', 'network', /Rekor answered 503/],
    ['rekor.sigstore.dev/api/v1/log/entries', 429, '', 'rate-limit', /Rekor answered 429/],
    ['rekor.sigstore.dev/api/v1/log/entries', 201, '{"a":{"body":"e30="}}', 'network', /not with an entry of the log/],
    ['rekor.sigstore.dev/api/v1/log/entries', 409, '', 'credentials', /does not say where the entry is/],
  ])('%s answers %i %s: nothing is published, and it is said', async (at, status, body, code, message) => {
    const hub = await release({ name: 'fails', mode: 'download', settings: on })
    const cut: Http = {
      ...http,
      request: async (url, options) =>
        url.endsWith(at) ? new Response(body, { status }) : await http.request(url, options),
    }
    const own = await mkdtemp(join(folder.path, 'run-'))
    const run = (io: Parameters<typeof converge>[2]) => converge(hub, [npm], io, { verify: true })
    const report = await withChannel(cut, own, (io) => run({ ...io, sleep: async () => {} }), BOTH)
    expect(units(report)[0]?.failure).toMatchObject({ code, message: expect.stringMatching(message) as string })
    expect(report.exitCode).toBe(code === 'credentials' ? 1 : 75)
    expect(writes()).not.toContain('PUT registry.npmjs.org/fails')
  })

  test('a version that is there without provenance is live, and that is said', async () => {
    const hub = await release({ name: 'plain', mode: 'download' })
    await publish(hub)
    const asked = await release({ name: 'plain', mode: 'download', settings: on })
    const report = await publish(asked)
    expect(states(report)).toEqual(['live'])
    expect(evidence(report)).toContain('1.2.3 was published without provenance, and none can be added')
  })

  test('provenance that is about another tarball is a mismatch', async () => {
    const hub = await release({ name: 'swapped', mode: 'download', settings: on })
    await publish(hub)
    await publish(await release({ name: 'swapped', version: '1.3.0', mode: 'download', settings: on }))
    state().write('attestations/swapped@1.2.3', await bundleOf('swapped', '1.3.0'))
    const [main] = units(await publish(hub))
    expect(main?.observation.state).toBe('mismatch')
    expect(main?.observation.reason).toMatch(/the provenance is about pkg:npm\/swapped@1\.3\.0/)
  })
})

describe('where npm makes provenance by itself', () => {
  const trusted = { trusted: true, provenance: 'auto' } as const

  test('a trusted publisher of a public repository has it, without being asked', async () => {
    const hub = await release({ name: 'by-itself', mode: 'download', settings: trusted })
    expect(npm.credentials(settingsOf(hub))).toEqual([...ACTIONS_VARIABLES])
    expect(states(await publish(hub, WORKFLOW))).toEqual(['live'])
    expect((await bundleOf('by-itself')).mediaType).toBe('application/vnd.dev.sigstore.bundle.v0.3+json')
  })

  test.each([
    [
      { repository_visibility: 'private' },
      'info',
      /published without provenance, since the repository acme\/hello is private/,
    ],
    [
      { runner_environment: 'self-hosted' },
      'warning',
      /published without provenance, since the registry takes .* runners/,
    ],
  ])('%o: it publishes without, tells nobody, and says why', async (said, severity, why) => {
    claims(said)
    const hub = await release({ name: `without-${severity}`, mode: 'download', settings: trusted })
    const before = logged()
    const found = (await probe(hub, WORKFLOW)).find((one) => one.code === 'npm-provenance')
    expect(found?.severity).toBe(severity)
    expect(found?.message).toMatch(why)
    expect(states(await publish(hub, WORKFLOW))).toEqual(['live'])
    expect(logged()).toBe(before)
  })
})

describe('what lacks, before anything is built', () => {
  test.each([
    [{ repository_visibility: 'private' }, /the repository acme\/hello is private/, 'set `provenance: false`'],
    [
      { runner_environment: 'self-hosted' },
      /GitHub's own runners only, and this one is self-hosted/,
      'run the job on ubuntu-latest, or set `provenance: false`',
    ],
    [
      { repository: 'acme/fork' },
      /comes from https:\/\/github.com\/acme\/hello, but the workflow runs in https:\/\/github.com\/acme\/fork/,
      'set npms[].repository to https://github.com/acme/fork',
    ],
  ])('%o', async (said, message, mend) => {
    claims(said)
    const name = `lacks-${Object.keys(said)[0]?.replaceAll('_', '-')}`
    const hub = await release({ name, mode: 'download', settings: on })
    const before = logged()
    const found = (await probe(hub)).find((one) => one.code === 'npm-provenance')
    expect(found).toMatchObject({ severity: 'error', mend, message: expect.stringMatching(message) as string })
    // Nor is it signed by a run that had no preflight: the log is public, and forgets nothing.
    const [main] = units(await publish(hub))
    expect(main?.failure).toMatchObject({ code: 'credentials', hint: mend })
    expect(logged()).toBe(before)
    expect(writes()).not.toContain(`PUT registry.npmjs.org/${name}`)
  })

  test('elsewhere than in a workflow: no identity', async () => {
    const hub = await release({ name: 'at-home', mode: 'download', settings: on })
    const env = { NPM_TOKEN: 'npm_forTestsOnly' }
    expect(await probe(hub, env)).toContainEqual({
      severity: 'error',
      code: 'npm-provenance',
      message: 'npm at-home: provenance is the word of a workflow of GitHub Actions, and this run is none',
      mend: 'run it in a job with `permissions: id-token: write`, or set `provenance: false`',
    })
    const denied = { ...BOTH, ACTIONS_ID_TOKEN_REQUEST_URL: `${REGISTRY}/-/nothing?x=y` }
    const found = (await probe(hub, denied)).map((one) => one.mend)
    expect(found).toContain('add `permissions: id-token: write` to the job')
  })
})

describe('the local registry refuses what the real one refuses', () => {
  /** Sends what the spoke itself would not send. */
  async function sent(name: string, said: object): Promise<string | undefined> {
    claims({})
    const hub = await release({ name, mode: 'download', settings: on })
    const cut: Http = {
      ...http,
      request: async (url, options) => {
        // The identity that is looked at is a good one; the one that is signed with is not.
        if (url.includes('audience=sigstore') && asked++ > 0) claims(said)
        return http.request(url, options)
      },
    }
    let asked = 0
    const own = await mkdtemp(join(folder.path, 'run-'))
    const run = (io: Parameters<typeof converge>[2]) => converge(hub, [npm], io, { verify: true })
    const report = await withChannel(cut, own, (io) => run({ ...io, sleep: async () => {} }), BOTH)
    return units(report)[0]?.failure?.message
  }

  test.each([
    ['runner', { runner_environment: 'self-hosted' }, 'Unsupported GitHub Actions runner environment: "self-hosted"'],
    [
      'private',
      { repository_visibility: 'private' },
      'Unsupported GitHub Actions source repository visibility: "private"',
    ],
    ['fork', { repository: 'acme/fork' }, 'expected to match "https://github.com/acme/fork" from provenance'],
    ['elsewhere', { iss: 'https://gitlab.com' }, 'There was an error processing the identity token'],
  ])('%s', async (name, said, words) => {
    expect(await sent(`refused-${name}`, said)).toContain(words)
  })
})
