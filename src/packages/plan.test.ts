import { describe, expect, test } from 'vitest'
import { planOf, told } from '../plan/test-plan.ts'

const yaml = (entry: string, builds = '{ goos: [linux], goarch: [amd64, arm64] }'): string =>
  `version: 2\nproject_name: hello\nbuilds: [${builds}]\nnfpms:\n  - { maintainer: Ann <ann@example.org>, ${entry} }\n`

async function names(entry: string, options = {}, builds?: string): Promise<string[]> {
  const plan = await planOf(yaml(entry, builds), options)
  expect(told(plan)).toEqual([])
  return (plan.packages ?? []).map((one) => one.name)
}

describe('names', () => {
  test('by default, and what the formats themselves would call the files', async () => {
    expect(await names('formats: [deb, archlinux]')).toEqual([
      'hello_1.2.3_linux_amd64.deb',
      'hello_1.2.3_linux_arm64.deb',
      'hello_1.2.3_linux_amd64.pkg.tar.zst',
      'hello_1.2.3_linux_arm64.pkg.tar.zst',
    ])
    const conventional = 'file_name_template: "{{ .ConventionalFileName }}", release: "2", goamd64: [v1]'
    const one = '{ goos: [linux, android], goarch: [arm64] }'
    expect(await names(`formats: [deb, rpm, apk, archlinux, ipk, termux.deb], ${conventional}`, {}, one)).toEqual([
      'hello_1.2.3-2_arm64.deb',
      'hello-1.2.3-2.aarch64.rpm',
      'hello_1.2.3-r2_aarch64.apk',
      'hello-1.2.3-2-aarch64.pkg.tar.zst',
      'hello_1.2.3-2_arm64.ipk',
      'hello_1.2.3-2_arm64.deb.termux.deb',
    ])
  })

  test('the tilde of a prerelease is a dot, as GitHub stores it; the version keeps it', async () => {
    const source = { version: '1.3.0-rc.1', tag: 'v1.3.0-rc.1' }
    const plan = await planOf(yaml('formats: [deb], file_name_template: "{{ .ConventionalFileName }}"'), { source })
    expect(told(plan)).toEqual([])
    expect(plan.packages?.[0]).toMatchObject({
      name: 'hello_1.3.0.rc.1_amd64.deb',
      facts: { version: '1.3.0', prerelease: 'rc.1' },
    })
  })

  test('two packages of one name are refused, and so are two entries of one id', async () => {
    const two = `version: 2\nproject_name: hello\nbuilds: [{ goos: [linux], goarch: [amd64] }]\nnfpms:\n  - { formats: [deb], maintainer: a }\n  - { id: b, formats: [deb], maintainer: a }\n`
    expect(told(await planOf(two))).toEqual([
      '6:5 duplicate-name two files of the release would be named hello_1.2.3_linux_amd64.deb',
    ])
  })
})

test('packages are among the checksums, and are passed over with --skip=nfpm', async () => {
  const split = `${yaml('formats: [deb]')}checksum: { split: true }\n`
  const plan = await planOf(split)
  expect(plan.checksums?.names?.['hello_1.2.3_linux_amd64.deb']).toBe('hello_1.2.3_linux_amd64.deb.sha256')
  expect((await planOf(split, { skip: new Set(['nfpm']) })).packages).toBeUndefined()
})

test('an override replaces lists, merges objects, and says nothing where it is empty', async () => {
  const entry = `formats: [deb, rpm], dependencies: [a], rpm: { group: Games, summary: One }, umask: 18,
      overrides: { rpm: { dependencies: [b, c], rpm: { summary: Two } }, deb: { dependencies: [] } }`
  const plan = await planOf(yaml(entry, '{ goos: [linux], goarch: [amd64] }'))
  expect(
    plan.packages?.map(({ facts, details, umask }) => [facts.depends, details.rpm?.group, details.rpm?.summary, umask]),
  ).toEqual([
    [['a'], undefined, undefined, 0o022],
    [['b', 'c'], 'Games', 'Two', 0o022],
  ])
})

test('the levels of amd64 are told apart, and may be chosen', async () => {
  const builds = '{ goos: [linux], goarch: [amd64], goamd64: [v1, v3] }'
  expect(await names('formats: [deb]', {}, builds)).toEqual([
    'hello_1.2.3_linux_amd64.deb',
    'hello_1.2.3_linux_amd64v3.deb',
  ])
  expect(await names('formats: [deb], goamd64: [v3]', {}, builds)).toEqual(['hello_1.2.3_linux_amd64v3.deb'])
})

test('libraries go into the folder of libraries', async () => {
  const plan = await planOf(yaml('formats: [deb]', '{ goos: [linux], goarch: [amd64], buildmode: c-shared }'))
  expect(plan.packages?.[0]?.binaries[0]).toMatchObject({
    destination: '/usr/lib/hello.so',
    header: { destination: '/usr/include/hello.h' },
  })
})

test('bad input is told with its place, all at once', async () => {
  const plan = await planOf(`version: 2
project_name: hello
builds: [{ goos: [darwin] }]
nfpms:
  - formats: [deb, msix]
    maintainer: Ann
    ids: [nobody]
  - id: two
    formats: [rpm]
    meta: true
    package_name: "a b"
    epoch: one
    dependencies: ["a => 1"]
    mtime: yesterday
    rpm: { compression: brotli }
    contents:
      - { src: ../up, dst: /a }
      - { src: a }
      - { dst: /b }
      - { src: c, dst: /c, type: symlink }
    scripts: { preinstall: ../../up.sh }
  - id: three
    formats: [apk]
    meta: true
    maintainer: Ann
    apk: { signature: { key_file: key.pem } }
`)
  expect(told(plan)).toMatchInlineSnapshot(`
    [
      "7:11 unknown-build no build has the id nobody",
      "5:20 not-built packages in the format msix are not made yet",
      "5:5 no-binaries default: there is no program for Linux to package",
      "14:12 bad-mtime "yesterday" is no time",
      "11:19 bad-package "a b" cannot be the name of a package",
      "12:12 bad-package the epoch "one" is no number",
      "13:20 bad-package "a => 1" is no relation of an rpm: => is no comparison",
      "15:25 bad-package brotli is no compression of packages",
      "21:28 leaves-root ../../up.sh lies outside the folder of the project",
      "17:16 bad-content ../up lies outside the folder of the project",
      "18:9 bad-content the content goes nowhere",
      "19:9 bad-content the content has no source",
      "26:12 bad-signature nothing tells the name of the key",
      "8:5 asset-name the file name "a b_1.2.3_linux_all.rpm" has " ", which GitHub would replace",
    ]
  `)
})

test('what GoReleaser reads and passes over is told', async () => {
  const plan = await planOf(yaml('formats: [deb], overrides: { deb: { release: "2" } }'))
  expect(told(plan, 'warning').filter((one) => one.includes('release'))).toEqual([
    '5:87 needless release cannot be overridden for one format; GoReleaser passes over it, and so do we',
  ])
})
