import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { tempFolder } from '../core/temp.ts'
import { openPlan } from '../plan/open.ts'
import { channelRules } from '../release/preflight.ts'
import { planSpokes } from '../release/spokes.ts'
import { TEST_ENV, testRepository } from '../source/test-repository.ts'
import { CHANNELS, EXAMPLE, KO } from './testing/every-channel.ts'

type Path = (string | number)[]
/** What is told of the release itself: the config that is tried is not committed, and has no tag. */
const RELEASE = new Set(['deprecated', 'dirty-tree', 'tag-missing', 'unknown-id'])

let folder: Awaited<ReturnType<typeof tempFolder>>
const texts: Record<string, string> = {}
beforeAll(async () => {
  folder = await tempFolder('bad-config')
  for (const entry of await readdir(EXAMPLE, { withFileTypes: true }))
    if (entry.isFile()) texts[entry.name] = await readFile(join(EXAMPLE, entry.name), 'utf8')
  texts['.goreleaser.yaml'] += KO
  const repository = await testRepository(folder.path)
  await repository.commit('feat: hello', texts)
  await repository.git('remote', 'add', 'origin', 'https://github.com/tagonce-example/hello.git')
})
afterAll(() => folder[Symbol.asyncDispose]())

/** What is told of `examples/hello` with one key changed, before anything is built: `scoop-name line: the key's value | mend`. */
async function told(path: Path, value: unknown, tag = 'v1.2.3'): Promise<string[]> {
  const file = ['npms', 'pypis'].includes(String(path[0])) ? 'tagonce.yaml' : '.goreleaser.yaml'
  for (const [name, text] of Object.entries(texts)) {
    const document = parseDocument(text)
    if (name === file && path.length > 0) document.setIn(path, value)
    if (name.endsWith('.yaml')) await writeFile(join(folder.path, name), String(document))
  }
  const env = { ...TEST_ENV, TAP_GITHUB_TOKEN: 'x', AUR_KEY: 'x', CHOCOLATEY_API_KEY: 'x' }
  const { plan, loaded } = await openPlan({
    root: folder.path,
    env: { ...env, GORELEASER_CURRENT_TAG: tag },
    currentTag: tag,
    planSpokes: (config) => planSpokes(config, new Set()),
  })
  const found = [...plan.diagnostics, ...channelRules(plan, loaded)].filter(({ code }) => !RELEASE.has(code))
  return found.map(({ severity, code, where, message, mend }) => {
    const at = where === undefined ? 'nowhere' : `${where.file}:${where.line}`
    return `${severity} ${code} ${at} ${message} | ${mend ?? 'no mend'}`
  })
}

/** Channel × case: the key, a value that the channel refuses, and the code of what is told; or why there is no such case. */
type Case = [path: Path, value: unknown, code: string] | string
const TABLE: Record<string, { name: Case; licence: Case; archive: Case; test: string | null }> = {
  homebrew: {
    name: [['brews', 0, 'name'], 'a b', 'brew-name'],
    licence: [['brews', 0, 'license'], 'mine', 'brew-license'],
    archive: [['brews', 0, 'ids'], ['none'], 'brew-no-archive'],
    test: null,
  },
  cask: {
    name: [['homebrew_casks', 0, 'name'], 'a b', 'brew-name'],
    licence: 'a cask names none',
    archive: [['homebrew_casks', 0, 'ids'], ['none'], 'brew-no-archive'],
    test: null,
  },
  scoop: {
    name: [['scoops', 0, 'name'], 'a b', 'scoop-name'],
    licence: [['scoops', 0, 'license'], 'mine', 'scoop-license'],
    archive: [['scoops', 0, 'ids'], ['none'], 'scoop-no-archive'],
    test: null,
  },
  winget: {
    name: [['winget', 0, 'package_identifier'], 'Acme', 'winget-identifier'],
    licence: 'any text of 3 to 512 characters',
    archive: [['winget', 0, 'ids'], ['none'], 'winget-no-archive'],
    test: null,
  },
  krew: {
    name: [['krews', 0, 'name'], 'Hello', 'krew-name'],
    licence: 'a plugin names none; its archive holds it',
    archive: [['krews', 0, 'ids'], ['none'], 'krew-no-archive'],
    test: null,
  },
  nix: {
    name: [['nix', 0, 'name'], 'a b', 'nix-name'],
    licence: [['nix', 0, 'license'], 'mine', 'nix-license'],
    archive: [['nix', 0, 'ids'], ['none'], 'nix-no-archive'],
    test: null,
  },
  aur: {
    name: [['aurs', 0, 'name'], 'Hello', 'aur-name'],
    licence: [['aurs', 0, 'license'], 'mine', 'aur-license'],
    archive: [['aurs', 0, 'ids'], ['none'], 'aur-no-archive'],
    test: 'warning aur-prerelease',
  },
  'aur-source': {
    name: [['aur_sources', 0, 'name'], 'Hello', 'aur-source-name'],
    licence: [['aur_sources', 0, 'license'], 'mine', 'aur-source-license'],
    archive: [['source', 'enabled'], false, 'aur-source-source'],
    test: 'warning aur-source-prerelease',
  },
  chocolatey: {
    name: [['chocolateys', 0, 'name'], 'a b', 'chocolatey-name'],
    licence: 'an address, license_url',
    archive: [['chocolateys', 0, 'ids'], ['none'], 'chocolatey-no-archive'],
    test: null,
  },
  snap: {
    name: [['snapcrafts', 0, 'name'], 'Hello', 'snap-name'],
    licence: [['snapcrafts', 0, 'license'], 'mine', 'snap-license'],
    archive: [['snapcrafts', 0, 'ids'], ['none'], 'snap-no-program'],
    test: 'warning snap-prerelease',
  },
  docker: {
    name: [['dockers_v2', 0, 'images'], ['ghcr.io/Acme/hello'], 'docker-name'],
    licence: 'a label, any text',
    archive: [['dockers_v2', 0, 'platforms'], ['linux/s390x'], 'docker-empty'],
    test: 'warning docker-prerelease',
  },
  ko: {
    name: [['kos', 0, 'repositories'], ['ghcr.io/Acme'], 'docker-name'],
    licence: 'a label, any text',
    archive: 'it has its platforms built',
    test: 'warning docker-prerelease',
  },
  npm: {
    name: [['npms', 0, 'name'], 'Hello World', 'npm-name'],
    licence: [['npms', 0, 'license'], 'mine', 'npm-license'],
    archive: [['npms', 0, 'ids'], ['none'], 'npm-empty'],
    test: null,
  },
  pypi: {
    name: [['pypis', 0, 'name'], 'hello-', 'pypi-name'],
    licence: [['pypis', 0, 'license'], 'mine', 'pypi-license'],
    archive: [['pypis', 0, 'ids'], ['none'], 'pypi-empty'],
    test: 'error pypi-version',
  },
}

describe('what a channel refuses is told with its place and its mend, before anything is built', () => {
  test('no channel is left out', () => {
    expect(CHANNELS.map((one) => one.name).toSorted()).toEqual(Object.keys(TABLE).toSorted())
  })

  test('what is right passes', async () => expect(await told([], undefined)).toEqual([]))

  const cases = Object.entries(TABLE).flatMap(([channel, { name, licence, archive }]) =>
    Object.entries({ name, licence, archive }).flatMap(([what, one]) =>
      typeof one === 'string' ? [] : [{ channel, what, path: one[0], value: one[1], code: one[2] }],
    ),
  )
  test.each(cases)('$channel: $what $value', async ({ path, value, code }) => {
    const lines = await told(path, value)
    const own = lines.filter((one) => one.split(' ')[1] === code)
    expect(own).not.toEqual([])
    expect(own[0]).toMatch(/^(error|warning) \S+ (\.goreleaser|tagonce)\.yaml:\d+ .+ \| .+/)
    expect(lines.filter((one) => /nowhere|no mend/.test(one))).toEqual([])
  })

  test('v1.2.3-test: PyPI refuses it; where users would get it by mistake that is told; the others take it', async () => {
    const lines = await told([], undefined, 'v1.2.3-test')
    expect(lines.filter((one) => /nowhere|no mend/.test(one))).toEqual([])
    const said = new Set(lines.map((one) => one.split(' ').slice(0, 2).join(' ')))
    expect(said).toEqual(new Set(Object.values(TABLE).flatMap((one) => one.test ?? [])))
  })
})
