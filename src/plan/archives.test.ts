import { describe, expect, it } from 'vitest'
import { planOf, told } from './test-plan.ts'

const BUILDS = `version: 2
project_name: hello
builds:
  - flags: [-trimpath]
    targets: [linux_amd64, windows_amd64]
`
const at = (more: string): string => `${BUILDS}archives:\n${more}`

describe('archives', () => {
  it('render their files, with owner, mode and time', async () => {
    const plan = await planOf(
      at(`  - files:
      - "docs/{{ .Os }}/*.md"
      - src: LICENSE
        dst: "{{ .ProjectName }}/legal"
        strip_parent: true
        info: { owner: root, group: "{{ .Env.GROUP }}", mode: 0644, mtime: "{{ .CommitDate }}" }
    builds_info: { owner: root, mtime: 2026-01-01T00:00:00+01:00 }
`),
      { env: { GROUP: 'wheel' }, tree: { LICENSE: 'MIT' } },
    )
    expect(told(plan)).toEqual([])
    expect(plan.archives[1]?.files).toMatchObject([
      { src: 'docs/windows/*.md', dst: '', stripParent: false, optional: false, info: { owner: '', group: '' } },
      {
        src: 'LICENSE',
        dst: 'hello/legal',
        stripParent: true,
        optional: false,
        info: { owner: 'root', group: 'wheel', mode: 0o644, mtime: 1767323045 },
      },
    ])
    expect(plan.archives[0]?.binariesInfo).toEqual({ owner: 'root', group: '', mtime: 1767222000 })
  })

  it('have none with --skip=archive', async () => {
    const plan = await planOf(BUILDS, { skip: new Set(['archive']) })
    expect([plan.archives, plan.checksums]).toEqual([[], null])
  })

  it.each([
    ['  - files: ["../LICENSE"]\n', '7:13 leaves-root ../LICENSE lies outside the folder of the project'],
    ['  - files: [{ src: a, dst: ../b }]\n', '7:28 leaves-root ../b lies outside the archive'],
    ['  - wrap_in_directory: ../..\n', '7:24 leaves-root ../.. would lie outside the archive'],
    ['  - files: [{ src: a, info: { mtime: yesterday } }]\n', '7:38 bad-mtime "yesterday" is no time'],
    ['  - name_template: "a/{{ .Os }}"\n', '7:20 asset-name the file name "a/linux.tar.gz" has a slash'],
    ['  - name_template: "a {{ .Os }}"\n', '7:20 asset-name the file name "a linux.tar.gz" has " "'],
  ])('refuse %j', async (yaml, problem) => expect(told(await planOf(at(yaml)))[0]).toContain(problem))

  it('want as many binaries on every platform', async () => {
    const yaml = `${BUILDS}  - id: other\n    binary: other\n    flags: [-trimpath]\n    targets: [linux_amd64]\narchives:\n`
    expect(told(await planOf(`${yaml}  - id: a\n`))).toEqual([
      '11:5 binary-count not every platform has as many binaries (linux/amd64 v1: 2, windows/amd64 v1: 1)',
    ])
    expect(told(await planOf(`${yaml}  - allow_different_binary_count: true\n`))).toEqual([])
    expect(told(await planOf(`${yaml}  - ids: [other]\n`))).toEqual([])
  })

  it('refuse two binaries of one name in one archive', async () => {
    const yaml = `${BUILDS}  - id: other\n    binary: sub/hello\n    flags: [-trimpath]\n    targets: [linux_amd64, windows_amd64]\narchives:\n`
    expect(told(await planOf(`${yaml}  - strip_binary_directory: true\n`))[0]).toContain(
      'duplicate-binary two binaries would be hello ',
    )
    expect(told(await planOf(`${yaml}  - id: a\n`))).toEqual([])
  })
})

describe('formats', () => {
  it('are all that GoReleaser has; an override replaces all of them, and none makes nothing', async () => {
    const all = 'tar.gz tgz tar tar.xz txz tar.zst tzst zip gz xz'.split(' ')
    const yaml = `  - formats: [${all.join(', ')}]\n    format_overrides: [{ goos: win, formats: [none] }]\n`
    const plan = await planOf(at(yaml))
    expect(told(plan)).toEqual([])
    expect([...new Set(plan.archives.map((one) => one.format))]).toEqual(all)
    expect(plan.archives.filter((one) => one.platform?.goos === 'windows')).toEqual([])
  })
})

describe('checksums', () => {
  it('are one for each file when split', async () => {
    const plan = await planOf(`${BUILDS}checksum: { split: true, algorithm: sha512 }\n`)
    expect(plan.checksums).toEqual({
      name: '',
      kind: 'checksums',
      id: '',
      algorithm: 'sha512',
      split: true,
      ids: [],
      names: {
        'hello_1.2.3_linux_amd64.tar.gz': 'hello_1.2.3_linux_amd64.tar.gz.sha512',
        'hello_1.2.3_windows_amd64.tar.gz': 'hello_1.2.3_windows_amd64.tar.gz.sha512',
      },
    })
  })

  it('can be left out, and know their algorithms', async () => {
    expect((await planOf(`${BUILDS}checksum: { disable: true }\n`)).checksums).toBeNull()
    expect(told(await planOf(`${BUILDS}checksum: { algorithm: md6 }\n`))).toEqual([
      '6:24 bad-algorithm md6 is no algorithm for checksums',
    ])
  })
})
