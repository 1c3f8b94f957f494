import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { converge } from '../../converge/converge.ts'
import type { Report } from '../../converge/report.ts'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp } from '../../external/http.ts'
import type { Http } from '../../external/http.ts'
import { run } from '../../external/process.ts'
import type { PypiProvenance } from '../../external/pypi.ts'
import type { PypiAttestation } from '../../formats/pypi-attestation.ts'
import type { HubReader } from '../../hub/hub.ts'
import { diskStore } from '../../rehearsal/store.ts'
import { startWorld } from '../../rehearsal/world.ts'
import type { WorldHandle } from '../../rehearsal/world.ts'
import { trustedRoot } from '../shared/testing/trusted-root.ts'
import { ACTIONS_VARIABLES } from '../shared/workflow-identity.ts'
import { pypi } from './index.ts'
import { fixture, releaseServer, withChannel } from './testing/release.ts'
import type { FixtureOptions } from './testing/release.ts'
import { pypiServer } from './world-server.ts'
import { pypiWorld } from './world.ts'
import { checkedAttestations } from './world-attestations.ts'

/** A Python that has pypi-attestations 0.0.30, PyPI's own library. */
const PYTHON = process.env['PYPI_ATTESTATIONS'] ?? ''
const WORKFLOW = Object.fromEntries(ACTIONS_VARIABLES.map((name) => [name, pypiWorld.credential?.(name) ?? '']))
const AUTO = { trusted: true, attestations: 'auto' } as const

let folder: Awaited<ReturnType<typeof tempFolder>>
let world: WorldHandle
let http: Http

beforeAll(async () => {
  folder = await tempFolder('pypi-attestations')
  world = await startWorld({ folder: join(folder.path, 'world'), servers: [pypiServer, releaseServer(folder.path)] })
  const signal = new AbortController().signal
  http = createHttp({ routes: world.routes(), signal, events: new Events(), userAgent: 'tagonce/test', offline: true })
})
afterAll(async () => {
  await world.stop()
  await folder[Symbol.asyncDispose]()
})
beforeEach(() => claims({}))

const state = () => diskStore(join(folder.path, 'world', 'state', pypiServer.hosts[0] ?? ''))
const claims = (value: object): void => state().write('claims', value)
const logged = (): number => (state().read<unknown[]>('rekor') ?? []).length
const release = async (options: FixtureOptions): Promise<HubReader> =>
  (await fixture(folder.path, { mode: 'download', ...options })).hub
async function publish(hub: HubReader): Promise<Report> {
  const own = await mkdtemp(join(folder.path, 'run-'))
  const clock = () => new Date()
  const io = { clock, sleep: async () => {} }
  return withChannel(http, own, (given) => converge(hub, [pypi], { ...given, ...io }, { verify: false }), WORKFLOW)
}
const main = (report: Report) => report.channels[0]?.units[0]
const fileOf = (hub: HubReader) => {
  const [unit] = pypi.units(hub.manifest, pypi.parse(hub.manifest.spokes[0]?.settings))
  if (unit === undefined || unit.role === 'pointer') throw new Error('no wheel')
  return unit
}
const verified = async (hub: HubReader) => {
  const own = await mkdtemp(join(folder.path, 'run-'))
  return withChannel(http, own, (io) => pypi.verify(fileOf(hub), hub, io), WORKFLOW)
}
const probe = (hub: HubReader) => withChannel(http, folder.path, (io) => pypi.probe(fileOf(hub).settings, io), WORKFLOW)
async function attested(hub: HubReader): Promise<PypiAttestation> {
  const { file, settings } = fileOf(hub)
  const url = `https://pypi.org/integrity/${settings.name}/${settings.version}/${file}/provenance`
  const answer = (await (await http.request(url)).json()) as PypiProvenance
  return answer.attestation_bundles?.[0]?.attestations?.[0] as PypiAttestation
}

const JUDGE = `
import sys
from pathlib import Path
from pypi_attestations import Attestation, Distribution, GitHubPublisher
from sigstore.models import TrustedRoot
from sigstore.verify import Verifier
folder = Path(sys.argv[1])
Verifier.production = classmethod(lambda cls, **_: Verifier(trusted_root=TrustedRoot.from_file(str(folder / 'root.json'))))
attestation = Attestation.model_validate_json((folder / 'attestation.json').read_text())
publisher = GitHubPublisher(repository='acme/hello', workflow='release.yml')
print(*attestation.verify(publisher, Distribution(name=sys.argv[2], digest=sys.argv[3])))
`

describe('attestations of PyPI', () => {
  test.skipIf(PYTHON === '')(
    "PyPI's own library takes what is sent, for that file only (skipped without PYPI_ATTESTATIONS)",
    async () => {
      const hub = await release({ name: 'hello-attested', settings: AUTO })
      expect(main(await publish(hub))?.observation.state).toBe('live')
      const { file } = fileOf(hub)
      const judged = await mkdtemp(join(folder.path, 'judge-'))
      await writeFile(join(judged, 'root.json'), JSON.stringify(await trustedRoot()))
      await writeFile(join(judged, 'attestation.json'), JSON.stringify(await attested(hub)))
      await writeFile(join(judged, 'judge.py'), JUDGE)
      const page = (await (await http.request('https://pypi.org/pypi/hello-attested/json')).json()) as {
        urls: { digests: { sha256: string } }[]
      }
      const sha256 = page.urls[0]?.digests.sha256 ?? ''
      const said = await run([PYTHON, 'judge.py', judged, file, sha256], { cwd: judged })
      expect(said.stderr).toBe('')
      expect(said.stdout.trim()).toBe('https://docs.pypi.org/attestations/publish/v1 None')
      const other = await run([PYTHON, 'judge.py', judged, file, '0'.repeat(64)], { cwd: judged })
      expect(other.stderr).toContain('subject does not match distribution digest')
    },
    60_000,
  )

  test('a wheel of a trusted publisher comes with one, which is read back; a second run signs nothing', async () => {
    const hub = await release({ name: 'hello-read', settings: AUTO })
    expect((await probe(hub)).filter((one) => one.severity !== 'info')).toEqual([])
    expect(main(await publish(hub))?.observation.state).toBe('live')
    const before = logged()
    const seen = await verified(hub)
    expect(seen.evidence.map((one) => one.what).join('\n')).toMatch(
      /attestation of this file: signed as https:\/\/github\.com\/acme\/hello\/\.github\/workflows\/release\.yml@refs\/tags\/v1\.2\.3, certified by tagonce rehearsal, made-up identity/,
    )
    await publish(hub)
    expect(logged()).toBe(before)
  })

  test('of a private repository nothing is told to the public log, unless it was asked for', async () => {
    claims({ repository_visibility: 'private' })
    const hub = await release({ name: 'hello-private', settings: AUTO })
    const before = logged()
    expect((await probe(hub)).map((one) => one.message)).toContain(
      'pypi hello-private: it is published without attestations, since the repository acme/hello is private',
    )
    expect(main(await publish(hub))?.observation.state).toBe('live')
    expect(logged()).toBe(before)
    const seen = await verified(hub)
    expect(seen.state).toBe('live')
    expect(seen.evidence.map((one) => one.what).join('\n')).toContain('published without attestations')
  })

  test('an attestation that is about another file is a mismatch', async () => {
    const [one, two] = [
      await release({ name: 'hello-one', settings: AUTO }),
      await release({ name: 'hello-two', settings: AUTO }),
    ]
    await publish(one)
    await publish(two)
    const kept = state()
    kept.write(`integrity/pypi.org/${fileOf(one).file}`, kept.read(`integrity/pypi.org/${fileOf(two).file}`))
    expect(await verified(one)).toMatchObject({
      state: 'mismatch',
      reason: expect.stringContaining('the attestation is about hello_two') as string,
    })
  })

  test('the local index refuses what PyPI refuses', async () => {
    const hub = await release({ name: 'hello-refused', settings: AUTO })
    await publish(hub)
    const attestation = await attested(hub)
    const statement = JSON.parse(Buffer.from(attestation.envelope.statement, 'base64').toString()) as {
      subject: { digest: { sha256: string } }[]
    }
    const file = { filename: fileOf(hub).file, sha256: statement.subject[0]?.digest.sha256 ?? '' }
    const workflow = { name: 'workflow', workflow: true }
    const answer = async (sent: unknown, of = file, user: { name: string; workflow?: boolean } = workflow) => {
      const said = await checkedAttestations(JSON.stringify(sent), of, user)
      return said instanceof Response ? said.statusText : 'taken'
    }
    expect(await answer([attestation])).toBe('taken')
    expect(await answer([attestation], file, { name: 'maintainer' })).toContain('only supported when using Trusted')
    expect(await answer([])).toContain('empty')
    expect(await answer([{ ...attestation, version: 2 }])).toContain('Malformed')
    expect(await answer([attestation, attestation])).toContain('same predicate type')
    expect(await answer([attestation], { ...file, sha256: '0'.repeat(64) })).toContain('distribution digest')
    expect(await answer([attestation], { ...file, filename: 'other.whl' })).toContain('distribution name')
  })
})
