import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { credentialsOf } from '../src/core/credentials.ts'
import { Events } from '../src/core/events.ts'
import { tempFolder } from '../src/core/temp.ts'
import { createHttp } from '../src/external/http.ts'
import { release } from '../src/release.ts'
import { plainEnv } from './support/program.ts'
import { SMALL_CONFIG, smallProject } from './support/project.ts'
import { CREDENTIALS, seedWorldFor, worldOf } from './support/world.ts'

test('a nightly is a pre-release of this commit under a tag of its own; package managers get nothing of it', async () => {
  await using folder = await tempFolder('nightly')
  const project = join(folder.path, 'project')
  const seeded = join(folder.path, 'seeded')
  const nightly = 'nightly: { publish_release: true, tag_name: devel, keep_single_release: true }\n'
  const repository = await smallProject(project, { '.goreleaser.yaml': SMALL_CONFIG + nightly })
  await repository.git('tag', '-f', 'v1.2.3')
  await repository.commit('fix: since the release', { 'new.txt': 'new\n' })
  await seedWorldFor(project, seeded)
  await using world = await worldOf(join(folder.path, 'world'), seeded)

  const run = async (name: string): ReturnType<typeof release> => {
    const events = new Events()
    const { signal } = new AbortController()
    await mkdir(join(folder.path, name))
    return release(
      { root: project, snapshot: false, nightly: true, clean: true, skip: new Set(['validate', 'announce']) },
      {
        events,
        env: plainEnv({ TAP_GITHUB_TOKEN: CREDENTIALS.TAP_GITHUB_TOKEN }),
        credentials: credentialsOf(CREDENTIALS),
        http: createHttp({ routes: world.routes(), signal, events, userAgent: 'tagonce/test', offline: true }),
        signal,
        folder: join(folder.path, name),
        stripSecrets: false,
      },
    )
  }
  const { plan, report, sealed } = await run('first')
  expect(plan.version).toMatch(/^1\.2\.4-[0-9a-f]{7}-nightly$/)
  expect(report).toMatchObject({ tag: 'devel', exitCode: 0, hub: { state: 'live' } })
  expect(new Set(report?.channels.map((one) => one.skip))).toEqual(new Set(['a nightly build: only releases go there']))
  expect(sealed.body).toContain('fix: since the release')
  expect(sealed.body).not.toContain('feat: hello')
  const listed = await fetch(world.route('https://api.github.com/repos/acme/hello/releases'))
  expect(await listed.json()).toMatchObject([{ tag_name: 'devel', prerelease: true, draft: false }])

  const before = world.requests().filter((one) => one.mutating).length
  expect((await run('again')).report).toMatchObject({ exitCode: 0 })
  expect(world.requests().filter((one) => one.mutating)).toHaveLength(before)
})
