import { describe, expect, test } from 'vitest'
import { planOf, told } from '../../plan/test-plan.ts'
import type { TestPlanOptions } from '../../plan/test-plan.ts'
import { npm } from './index.ts'
import type { NpmSettings } from './settings.ts'

const BASE = `project_name: hello
version: 2
builds:
  - main: .
    targets: [linux_amd64, linux_arm_6, linux_arm_7, darwin_arm64, windows_amd64]
archives:
  - format_overrides:
      - {goos: windows, formats: [zip]}
metadata: {license: MIT, description: From all, homepage: "https://all.example"}
release: {github: {owner: acme, name: hello}}
`

/** Plans with the npm spoke alone; its settings are those of the plan. */
async function planned(npms: string, options: TestPlanOptions = {}, base = BASE) {
  const plan = await planOf(`${base}npms:\n${npms}`, {
    tree: { 'main.go': 'package main\nfunc main() {}\n' },
    planSpokes: (config) => npm.settings(config).map((one) => ({ spoke: 'npm', units: [], ...one })),
    ...options,
  })
  const settings = plan.spokes.map((one) => one.settings as NpmSettings)
  return { plan, settings, problems: told(plan), checked: settings.flatMap((one) => npm.check(one, plan)) }
}

describe('npms', () => {
  test('names, texts and platforms come from the plan', async () => {
    const { settings, problems, checked } = await planned(
      `  - name: "@acme/{{ .ProjectName }}"\n    token: "{{ .Env.ACME_NPM }}"\n    keywords: [cli]\n`,
    )
    expect(problems).toEqual([])
    expect(settings[0]).toMatchObject({
      name: '@acme/hello',
      version: '1.2.3',
      mode: 'platform',
      tag: 'latest',
      access: 'public',
      description: 'From all',
      homepage: 'https://all.example',
      license: 'MIT',
      repository: 'https://github.com/acme/hello',
      tokenEnv: 'ACME_NPM',
    })
    expect(settings[0]?.platforms.map((one) => one.word)).toEqual([
      'darwin-arm64',
      'linux-arm',
      'linux-x64',
      'win32-x64',
    ])
    expect(npm.parse(JSON.parse(JSON.stringify(settings[0])))).toEqual(settings[0])
    expect(checked.map((one) => [one.severity, one.code])).toEqual([['info', 'npm-skip']])
    expect(checked[0]?.message).toContain('armv7')
  })

  test.each([
    ['name: Hello World', 'npm-name'],
    ['name: node_modules', 'npm-name'],
    [`name: ${'h'.repeat(205)}`, 'npm-name'],
    ['name: hello\n    tag: v1', 'npm-tag'],
    ['name: hello\n    tag: "1.2"', 'npm-tag'],
    ['name: hello\n    license: Beerware or so', 'npm-license'],
    ['name: hello\n    access: restricted', 'npm-access'],
    ['name: hello\n    token: npm_abcdef', 'secret-in-config'],
    ['name: hello\n    templated_extra_files: [{src: "x", dst: "y"}]', 'not-built-yet'],
    ['name: hello\n    trusted_publishing: true\n    token: "{{ .Env.NPM_TOKEN }}"', 'npm-trusted'],
    ['name: "@acme/hello"\n    access: restricted\n    provenance: true', 'npm-provenance'],
    ['name: hello\n  - name: hello', 'npm-name'],
  ])('%j is a problem with its place', async (entry, code) => {
    const { problems } = await planned(`  - ${entry}\n`)
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^1[2-6]:\\d+ ${code} `))])
  })

  test.each([
    ['', 'off'],
    ['    provenance: true\n', 'on'],
    ['    trusted_publishing: true\n', 'auto'],
    ['    trusted_publishing: true\n    access: restricted\n', 'off'],
    ['    trusted_publishing: true\n    provenance: false\n', 'off'],
  ])('provenance is made where npm makes it by itself, or as it is told: %j is %s', async (keys, provenance) => {
    const { settings, problems } = await planned(`  - name: "@acme/hello"\n${keys}`)
    expect(problems).toEqual([])
    expect(settings[0]?.provenance).toBe(provenance)
  })

  test('a licence must be there', async () => {
    const { problems } = await planned('  - name: hello\n', {}, BASE.replace('license: MIT, ', ''))
    expect(problems).toEqual([expect.stringContaining('npm-license')])
  })

  test('build metadata would be lost, so it is refused', async () => {
    const { problems } = await planned('  - name: hello\n', { source: { tag: 'v1.2.3+a', version: '1.2.3+a' } })
    expect(problems).toEqual([expect.stringContaining('npm-version')])
  })

  test('ids, format and if choose artifacts; none left is an error', async () => {
    const one = await planned(`  - name: hello\n    if: '{{ eq .Os "linux" }}'\n`)
    expect(one.settings[0]?.platforms.map((each) => each.word)).toEqual(['linux-arm', 'linux-x64'])
    const zip = await planned('  - name: hello\n    format: zip\n')
    expect(zip.settings[0]?.platforms.map((each) => each.word)).toEqual(['win32-x64'])
    const none = await planned('  - name: hello\n    ids: [other]\n')
    expect(none.checked.map((each) => each.code)).toEqual(['npm-empty'])
  })

  test('an archive that cannot be opened again is refused: gz only by the wrapper of mode download', async () => {
    const { plan, settings } = await planned('  - name: hello\n  - name: wrapper\n    mode: download\n')
    // What the plan does not make yet.
    const gz = { ...plan, archives: plan.archives.map((each) => ({ ...each, format: 'gz' })) }
    const codes = settings.map((one) =>
      npm.check(one, gz).flatMap((each) => (each.severity === 'error' ? [each.code] : [])),
    )
    expect(codes).toEqual([['npm-format', 'npm-format', 'npm-format', 'npm-format'], []])
  })

  test('a program that is not built for every platform is an error', async () => {
    const base = BASE.replace('archives:', '  - {id: two, binary: two, main: ., targets: [linux_amd64]}\narchives:')
    const { checked } = await planned('  - name: hello\n', {}, base)
    const errors = checked.filter((each) => each.code === 'npm-program').map((each) => each.message)
    expect(errors).toEqual(['darwin-arm64', 'linux-arm', 'win32-x64'].map((word) => `npm hello: ${word} lacks two`))
  })

  test('disable and skip_upload are skips with their reason', async () => {
    const reason = async (line: string, options?: TestPlanOptions) =>
      (await planned(`  - name: hello\n    ${line}\n`, options)).plan.spokes[0]?.skip
    expect(await reason('disable: true')).toBe('npms[0].disable is true')
    expect(await reason(`skip_upload: '{{ eq .Tag "v1.2.3" }}'`)).toBe('npms[0].skip_upload is true')
    expect(await reason('skip_upload: auto')).toBeUndefined()
    const semver = { major: 1, minor: 2, patch: 3, prerelease: 'rc.1', metadata: '' }
    expect(await reason('skip_upload: auto', { source: { version: '1.2.3-rc.1', semver } })).toContain('pre-release')
  })

  test('settings of a manifest that was tampered with are refused', () => {
    expect(() => npm.parse({ name: 'x' })).toThrow(/npm settings: version/)
    expect(() => npm.parse(null)).toThrow(/npm settings/)
  })
})
