import { describe, expect, it } from 'vitest'
import type { Brew, Cask } from '../../config/config.ts'
import { cask, homebrew } from './index.ts'
import { archive, spokeConfig } from './testing/config.ts'
import { tapUnderTest } from './testing/tap.ts'
import type { Tap } from './testing/tap.ts'

const good = { repository: { owner: 'acme', name: 'homebrew-tap' }, homepage: 'https://x.example', description: 'X' }

async function probed(tap: Tap, brews: Brew[], casks: Cask[] = []): Promise<string[]> {
  const config = spokeConfig({ brews, casks, artifacts: [archive('linux', 'amd64')] })
  const found = await Promise.all([
    ...homebrew.settings(config).map(({ settings }) => homebrew.probe(settings, tap.io)),
    ...cask.settings(config).map(({ settings }) => cask.probe(settings, tap.io)),
  ])
  expect(tap.writes()).toBe(0)
  return found.flat().map((one) => `${one.severity} ${one.code}`)
}

describe('probe', () => {
  it('finds nothing wrong with a good tap, or an empty one', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    expect(await probed(tap, [good], [good])).toEqual([])
    await using empty = await tapUnderTest()
    expect(await probed(empty, [good], [good])).toEqual([])
  })

  it('finds a tap that is not there, archived, read-only or private', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    await tap.seed.repository({ name: 'acme/homebrew-old', files: { a: 'a' }, archived: true })
    await tap.seed.repository({ name: 'acme/homebrew-mine', files: { a: 'a' }, private: true })
    await tap.seed.repository({ name: 'other/homebrew-theirs', files: { a: 'a' } })
    const at = (owner: string, name: string): Brew => ({ ...good, repository: { owner, name } })
    expect(await probed(tap, [at('acme', 'homebrew-none')])).toEqual(['error tap-missing'])
    expect(await probed(tap, [at('acme', 'homebrew-old')])).toEqual(['error tap-archived'])
    expect(await probed(tap, [at('acme', 'homebrew-mine')])).toEqual(['warning tap-private'])
    expect(await probed(tap, [at('other', 'homebrew-theirs')])).toEqual(['error tap-read-only'])
  })

  it('finds a token that is not accepted', async () => {
    await using tap = await tapUnderTest({ 'README.md': 'tap' })
    const wrong = { ...good, repository: { ...good.repository, token: '{{ .Env.TAP_TOKEN }}' } }
    expect(await probed(tap, [wrong])).toEqual(['error tap-unread'])
  })

  it('finds a place where brew would not look', async () => {
    await using folder = await tapUnderTest({ 'Formula/other.rb': 'x' })
    expect(await probed(folder, [good])).toEqual(['error tap-folder'])
    expect(await probed(folder, [{ ...good, directory: 'Formula' }])).toEqual([])
    await using root = await tapUnderTest({ 'other.rb': 'x' })
    expect(await probed(root, [good])).toEqual([])
    expect(await probed(root, [{ ...good, directory: 'Formula' }])).toEqual(['error tap-folder'])
    const branch = { ...good, repository: { ...good.repository, branch: 'next' } }
    expect(await probed(root, [branch])).toEqual(['warning tap-branch'])
  })

  it('finds an old formula that hides the cask', async () => {
    await using root = await tapUnderTest({ 'hello.rb': 'x' })
    expect(await probed(root, [], [good])).toEqual(['warning formula-hides-cask'])
    await using folder = await tapUnderTest({ 'Formula/hello.rb': 'x' })
    expect(await probed(folder, [], [good])).toEqual(['warning formula-hides-cask'])
  })
})
