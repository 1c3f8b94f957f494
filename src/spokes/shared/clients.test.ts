import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { run } from '../../external/process.ts'
import { renderedUnits } from './testing/units.ts'
import { krew } from '../krew/index.ts'
import { nix } from '../nix/index.ts'
import { nixBase32 } from '../nix/hash.ts'
import { scoop } from '../scoop/index.ts'
import type { AnySpoke } from '../spoke.ts'
import type { ClientIO, ClientResult } from '../world.ts'
import { winget } from '../winget/index.ts'
import type { GitUnit } from './git-unit.ts'

const hasNix = await run(['nix-instantiate', '--version'], { timeout: 20_000 }).then(
  ({ code }) => code === 0,
  () => false,
)
if (!hasNix) console.log('skipped: no nix-instantiate on this machine')

const repository = { owner: 'acme', name: 'packages' }
const TEXTS = { homepage: 'https://acme.example', description: 'Says hello' }
const CONFIG = {
  scoops: [{ repository, ...TEXTS, license: 'MIT', shortcuts: [['hello.exe', 'Hello']], persist: ['data'] }],
  krews: [{ repository, ...TEXTS, short_description: 'Says hello', caveats: 'One\nTwo' }],
  winget: [
    {
      repository,
      ...TEXTS,
      publisher: 'Acme',
      license: 'MIT',
      short_description: 'Says hello',
      tags: ['cli'],
      release_notes: 'x',
      dependencies: [{ package_identifier: 'Git.Git' }],
    },
  ],
  nix: [
    {
      repository,
      ...TEXTS,
      license: 'mit',
      main_program: 'hello',
      dependencies: [{ name: 'git' }, { name: 'fish', os: 'linux' }],
    },
  ],
}

async function client(spoke: AnySpoke, units: GitUnit[]): Promise<ClientResult | { skipped: string }> {
  await using folder = await tempFolder('client')
  const io = {
    folder: join(folder.path, 'io'),
    env: { PATH: process.env['PATH'] ?? '' },
    signal: new AbortController().signal,
  }
  return await spoke.world.client(units, {}, io as unknown as ClientIO)
}

/** The units with a text of theirs changed. */
function spoiled(units: GitUnit[], from: string | RegExp, to: string): GitUnit[] {
  return units.map((unit) => ({
    ...unit,
    files: unit.files.map((file) => ({ ...file, content: file.content.replace(from, to) })),
  }))
}

describe('texts held against the schema of their channel', () => {
  it.each([
    [scoop, '"version"', '"versoin"'],
    [scoop, '"bin": [', '"bin": [],\n"x": ['],
    [scoop, /"hash": "..../, '"hash": "'],
    [krew, 'v1alpha2', 'v1alpha1'],
    [krew, 'shortDescription: Says hello', 'shortDescription: ""'],
    [krew, /sha256: .*/, 'sha256: x'],
    [winget, 'License: MIT', 'License: M'],
    [winget, 'ManifestType: installer', 'ManifestType: other'],
    [winget, /InstallerSha256: ..../, 'InstallerSha256: '],
    [winget, 'Publisher: Acme', 'Publisher: [Acme'],
  ])('%#: what is right passes, and what is not is told', async (spoke: AnySpoke, from, to) => {
    const units = renderedUnits<GitUnit>(spoke, CONFIG)
    expect(await client(spoke, units)).toMatchObject({ proof: 'schema only' })
    await expect(client(spoke, spoiled(units, from, to))).rejects.toThrow(/schema|parsed|digest/)
  })
})

describe.skipIf(!hasNix)('derivations evaluated by Nix', () => {
  it('fetch from the hub, with its digests, on every system', async () => {
    const units = renderedUnits<GitUnit>(nix, CONFIG)
    const result = await client(nix, units)
    expect(result).toMatchObject({ client: 'nix-instantiate', proof: 'read by its client' })
    const what = 'what' in result ? result.what : ''
    for (const system of ['x86_64-linux', 'aarch64-linux', 'x86_64-darwin', 'aarch64-darwin'])
      expect(what).toContain(system)
  })

  it.each([
    ['another digest', /sha256 = shaMap.*/, 'sha256 = "x";', /would expect x/],
    ['another address', /url = urlMap.*/, 'url = "https://else.example";', /none of ours/],
    ['another version', 'version = "1.2.3"', 'version = "1.2.4"', /version is 1.2.4/],
    ['a text that is no Nix', 'pname = "', 'pname = ', /can't evaluate/],
  ])('with %s are refused', async (_name, from, to, why) => {
    await expect(client(nix, spoiled(renderedUnits<GitUnit>(nix, CONFIG), from, to))).rejects.toThrow(why)
  })

  it('are hashed as nix-hash does', async () => {
    const hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    const { stdout } = await run(['nix-hash', '--type', 'sha256', '--to-base32', hex], { timeout: 20_000 })
    expect(nixBase32(hex)).toBe(stdout.trim())
  })
})

it('a digest is written in the base 32 of Nix', () => {
  // From the tests of Nix itself: the digest of "abc".
  expect(nixBase32('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')).toBe(
    '1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
  )
})
