import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { instructionsOf, instructionsText } from '../src/release/instructions.ts'
import { type FromHubIO, type FromHubOptions, openHub } from '../src/commands/from-hub.ts'
import { publishFromHub } from '../src/commands/publish.ts'
import { retract } from '../src/commands/retract.ts'
import { status } from '../src/commands/status.ts'
import { verify } from '../src/commands/verify.ts'
import type { Report } from '../src/converge/report.ts'
import { credentialsOf } from '../src/core/credentials.ts'
import { Events } from '../src/core/events.ts'
import { tempFolder } from '../src/core/temp.ts'
import { createHttp } from '../src/external/http.ts'
import { release } from '../src/release.ts'
import type { WorldHandle } from '../src/rehearsal/world.ts'
import { stateOf } from '../src/release/report.ts'
import { plainEnv } from './support/program.ts'
import { SMALL_OWN, smallProject } from './support/project.ts'
import { CREDENTIALS, seedWorldFor, worldOf } from './support/world.ts'

async function ioFor(world: WorldHandle, folder: string, credentials: Record<string, string>): Promise<FromHubIO> {
  const events = new Events()
  const { signal } = new AbortController()
  const http = createHttp({ routes: world.routes(), signal, events, userAgent: 'tagonce/test', offline: true })
  await mkdir(folder, { recursive: true })
  return { http, events, signal, folder, credentials: credentialsOf(credentials) }
}

const statesOf = (report: Report): Record<string, string> =>
  Object.fromEntries(report.channels.map((one) => [`${one.spoke} ${one.entry}`, stateOf(one)]))

test('a release with --skip=npm: status tells what lacks, publish brings it, verify proves it, retract takes it back', async () => {
  await using folder = await tempFolder('from-hub')
  const project = join(folder.path, 'project')
  const seeded = join(folder.path, 'seeded')
  await smallProject(project, { 'tagonce.yaml': `${SMALL_OWN}install_notes: true\n` })
  await seedWorldFor(project, seeded)
  await using world = await worldOf(join(folder.path, 'world'), seeded)
  const io = await ioFor(world, join(folder.path, 'run'), CREDENTIALS)
  const env = plainEnv({ TAP_GITHUB_TOKEN: CREDENTIALS.TAP_GITHUB_TOKEN })
  const done = await release(
    { root: project, snapshot: false, clean: true, skip: new Set(['npm']) },
    { ...io, env, stripSecrets: false },
  )
  expect(statesOf(done.report as Report)).toMatchObject({ 'npm @acme/hello': 'skipped', 'homebrew hello': 'live' })
  // What is passed over in one run is not sealed.
  expect(done.sealed.manifest.spokes.filter((one) => one.spoke === 'npm').map((one) => one.skip)).toEqual([
    undefined,
    undefined,
  ])

  // Skipped in this run only, npm is not told to users yet.
  expect(done.sealed.manifest.notes).toContain('## Install\n\n**Homebrew**\n\n```sh\nbrew install acme/tap/hello\n')

  const empty = join(folder.path, 'empty')
  await mkdir(empty)
  const asked: FromHubOptions = { root: empty, tag: 'v1.2.3', hub: 'acme/hello', only: [], env: {} }
  let runs = 0
  const fresh = (credentials: Record<string, string> = {}): Promise<FromHubIO> =>
    ioFor(world, join(folder.path, `run-${(runs += 1)}`), credentials)
  const sent = (): number => world.requests().filter((one) => one.mutating).length

  const before = sent()
  const lacking = await status(asked, await fresh())
  expect(statesOf(lacking)).toMatchObject({ 'npm @acme/hello': 'absent', 'homebrew hello': 'live' })
  expect(lacking.exitCode).toBe(75)
  expect(sent()).toBe(before)

  expect((await publishFromHub(asked, await fresh(CREDENTIALS))).exitCode).toBe(0)
  const after = sent()
  const verified = await verify(asked, await fresh())
  expect(new Set(Object.values(statesOf(verified)))).toEqual(new Set(['live']))
  expect(verified).toMatchObject({ exitCode: 0, hub: { state: 'live' } })
  expect(verified.channels.flatMap((one) => one.units.map((unit) => unit.actions)).flat()).toContain('verified')
  expect(sent()).toBe(after)

  const hub = await openHub(asked, await fresh())
  expect(instructionsText(instructionsOf(hub, ['npm']))).toContain('npm install -g @acme/hello')

  const planned = await retract({ ...asked, only: ['npm'], yes: false, final: false }, await fresh(CREDENTIALS))
  expect(planned.rows.map((row) => row.step.final)).toContain(true)
  expect(planned.rows.every((row) => row.seen === undefined)).toBe(true)
  expect(sent()).toBe(after)

  const back = await retract({ ...asked, only: ['homebrew'], yes: true, final: false }, await fresh(CREDENTIALS))
  expect(back).toMatchObject({ exitCode: 0 })
  expect(back.rows.map((row) => row.seen?.state)).toEqual(['retracted'])
  expect(back.left).toContainEqual(
    expect.objectContaining({ spoke: 'npm', why: expect.stringContaining('not asked for') }),
  )
  expect(statesOf(await status(asked, await fresh()))['homebrew hello']).not.toBe('live')
})

test('a file of the hub that is not what the manifest says is a mismatch', async () => {
  await using folder = await tempFolder('from-hub')
  const project = join(folder.path, 'project')
  const seeded = join(folder.path, 'seeded')
  await smallProject(project)
  await seedWorldFor(project, seeded)
  await using world = await worldOf(join(folder.path, 'world'), seeded)
  const io = await ioFor(world, join(folder.path, 'run'), CREDENTIALS)
  const env = plainEnv({ TAP_GITHUB_TOKEN: CREDENTIALS.TAP_GITHUB_TOKEN })
  const skip = new Set(['npm', 'homebrew'])
  const done = await release({ root: project, snapshot: false, clean: true, skip }, { ...io, env, stripSecrets: false })
  const name = done.sealed.manifest.artifacts[0]?.name ?? ''
  const headers = { authorization: `token ${CREDENTIALS.GITHUB_TOKEN}` }
  const api = 'https://api.github.com/repos/acme/hello/releases/tags/v1.2.3'
  const found = (await (await fetch(world.route(api), { headers })).json()) as {
    id: number
    assets: { id: number; name: string }[]
  }
  const asset = found.assets.find((one) => one.name === name)
  const at = 'https://api.github.com/repos/acme/hello/releases'
  await fetch(world.route(`${at}/assets/${asset?.id ?? 0}`), { method: 'DELETE', headers })
  const upload = `https://uploads.github.com/repos/acme/hello/releases/${found.id}/assets?name=${name}`
  const put = await fetch(world.route(upload), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/gzip' },
    body: 'other bytes',
  })
  expect(put.status).toBe(201)
  const asked: FromHubOptions = { root: folder.path, tag: 'v1.2.3', hub: 'acme/hello', only: ['npm'], env: {} }
  const seen = await verify(asked, await ioFor(world, join(folder.path, 'verify'), {}))
  expect(seen.hub).toMatchObject({ state: 'mismatch', reason: expect.stringContaining(name) })
  expect(seen.exitCode).toBe(1)
})
