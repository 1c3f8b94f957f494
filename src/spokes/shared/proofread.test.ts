import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import type { Diagnostic } from '../../core/errors.ts'
import { run } from '../../external/process.ts'
import { aur } from '../aur/index.ts'
import { chocolatey } from '../chocolatey/index.ts'
import { homebrew } from '../homebrew/index.ts'
import { nix } from '../nix/index.ts'
import { scoop } from '../scoop/index.ts'
import { snap } from '../snap/index.ts'
import type { AnySpoke, Unit } from '../spoke.ts'
import { winget } from '../winget/index.ts'
import { renderedUnits } from './testing/units.ts'

const has = async (name: string): Promise<boolean> => {
  const found = await run([name, '--version'], { timeout: 20_000 }).then(
    ({ code }) => code === 0,
    () => false,
  )
  if (!found) console.log(`skipped: no ${name} on this machine`)
  return found
}
const [ruby, nixed] = await Promise.all([has('ruby'), has('nix-instantiate')])

const bash = await has('bash')

const repository = { owner: 'acme', name: 'packages' }
const CONFIG = {
  brews: [{ repository, homepage: 'https://acme.example', description: 'Says hello' }],
  scoops: [{ repository, homepage: 'https://acme.example', description: 'Says hello' }],
  nix: [{ repository, homepage: 'https://acme.example', description: 'Says hello' }],
  aurs: [{ description: 'Says hello', license: 'MIT', homepage: 'https://acme.example' }],
  chocolateys: [{ name: 'hello', authors: 'Ann', description: 'Says hello', dependencies: [{ id: 'git' }] }],
  snapcrafts: [{ summary: 'Says hello', description: 'More', base: 'core24', license: 'MIT' }],
  winget: [{ repository, publisher: 'Acme', license: 'MIT', short_description: 'Says hello' }],
}

/** What a spoke says of its own texts, with one of them changed. */
async function said(spoke: AnySpoke, change: (text: string) => string = (text) => text): Promise<Diagnostic[]> {
  await using folder = await tempFolder('proofread')
  const units = renderedUnits<Unit>(spoke, CONFIG)
  const changed = units.map((unit) => ({
    ...unit,
    files: (unit.files ?? []).map((file) => ({ ...file, content: change(file.content) })),
  }))
  const io = { env: process.env, signal: new AbortController().signal, folder: folder.path }
  return (await spoke.proofread?.(changed, io)) ?? [{ severity: 'error', code: 'none', message: 'no proofreader' }]
}

describe('texts are read before anything is built', () => {
  it.each([
    ['Scoop schema', scoop, '"hash":', '"hush":', /hello\.json breaks the Scoop schema at architecture/],
    [
      'winget schema',
      winget,
      'ManifestType: installer',
      'ManifestType: setup',
      /breaks the winget schema at ManifestType/,
    ],
    ['nuspec schema', chocolatey, '<authors>Ann<', '<author>Ann<', /can't be parsed/],
    ['nuspec schema', chocolatey, 'id="git"', 'id=""', /breaks the nuspec schema at dependencies\.0\.id: is empty/],
    [
      'schema of snap.yaml',
      snap,
      'grade: stable',
      'grade: good',
      /snap\.yaml breaks the schema of snap\.yaml at grade/,
    ],
    ['schema of snap.yaml', snap, 'apps:', 'layout:\n  etc: {}\napps:', /is no absolute path|at layout/],
  ])('%s', async (_name, spoke, from, to, message) => {
    expect(await said(spoke)).toEqual([])
    const found = await said(spoke, (text) => text.replaceAll(from, to))
    expect(found[0]).toMatchObject({
      severity: 'error',
      code: 'unreadable-text',
      message: expect.stringMatching(message),
    })
  })

  it.skipIf(!ruby)('Ruby', async () => {
    expect(await said(homebrew)).toEqual([])
    const [found] = await said(homebrew, (text) => `${text}end\n`)
    expect(found?.message).toMatch(/^Ruby can't read .*hello\.rb: .*syntax error/)
  })

  it.skipIf(!bash)('bash', async () => {
    expect(await said(aur)).toEqual([])
    const [found] = await said(aur, (text) => text.replace('package() {', 'package() { ('))
    expect(found?.message).toMatch(/^bash can't read PKGBUILD: .*syntax error/)
  })

  it.skipIf(!nixed)('Nix', async () => {
    expect(await said(nix)).toEqual([])
    const [found] = await said(nix, (text) => text.replace('pname =', 'pname ;'))
    expect(found?.message).toMatch(/^Nix can't read .*default\.nix: error: syntax error/)
  })
})
