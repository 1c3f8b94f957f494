import { describe, expect, test } from 'vitest'
import { render } from '../template/template.ts'
import { withReplacements } from './replacements.ts'
import { lines, readFiles } from './testing/read.ts'

async function read(text: string): Promise<{ config: unknown; said: string[] }> {
  const loaded = await readFiles(text)
  const { version: _, ...config } = loaded.config
  return { config, said: lines(loaded).map((line) => line.replace(/^\.goreleaser\.yaml:/, '')) }
}

describe('deprecated keys keep GoReleaser’s meaning', () => {
  test('values are added to the list that is there, or win over the other key', async () => {
    const { config, said } = await read(
      'version: 2\narchives:\n  - formats: [tar.gz]\n    format: zip\n    builds: [a, b]\n    ids: [c]\nsnapshot:\n  name_template: old\n  version_template: new\nbuilds: [{ id: a, gobinary: go1, tool: go2 }, { id: b }, { id: c }]\n',
    )
    expect(config).toEqual({
      archives: [{ formats: ['tar.gz', 'zip'], ids: ['c', 'a', 'b'] }],
      snapshot: { version_template: 'old' },
      builds: [{ id: 'a', tool: 'go1' }, { id: 'b' }, { id: 'c' }],
    })
    expect(said).toEqual([
      '4:5+6 warning deprecated: `archives[0].format` is deprecated → write `formats: [zip]`',
      '5:5+6 warning deprecated: `archives[0].builds` is deprecated → write `ids: [a, b]`',
      '8:3+13 warning deprecated: `snapshot.name_template` is deprecated → rename it to `version_template`',
      '10:19+8 warning deprecated: `builds[0].gobinary` is deprecated → rename it to `tool`',
    ])
  })

  test('an empty one says nothing', async () => {
    expect((await read('version: 2\narchives: [{ format: "", builds: [] }]\nbrews: []')).said).toEqual([])
  })

  test('what is only worded otherwise', async () => {
    const { said } = await read(
      'version: 2\nkos: [{ id: hello, build: b, repository: r, sbom: cyclonedx }]\nbuilds: [{ id: b }]\nnfpms: [{ formats: [deb] }]\nmcp: { github: { name: a } }\nhomebrew_casks: [{ directory: x, conflicts: [{ formula: f }] }]\ndockers: [{ image_templates: [a], retry: { attempts: 1 } }]\n',
    )
    expect(said).toEqual([
      '2:30+10 warning deprecated: `kos[0].repository` is deprecated → write `repositories: [r]`',
      '2:51+9 warning deprecated: `kos[0].sbom: cyclonedx` is deprecated → write `sbom: spdx`, or `sbom: none`',
      '4:9+18 warning deprecated: `nfpms[0]` without `maintainer` is deprecated → add `maintainer: Name <name@example.com>`',
      '5:8+6 warning deprecated: `mcp.github` is deprecated → move its keys up to `mcp`',
      '6:31+1 warning cask-directory: Homebrew looks for casks in `Casks`, not in `x` → leave `directory` out',
      '6:48+7 warning deprecated: `homebrew_casks[0].conflicts[0].formula` is deprecated → delete it: Homebrew ignores it, and so does GoReleaser',
      '7:1+7 info phased-out: GoReleaser is phasing out `dockers` → use `dockers_v2` for new images; `--fix` leaves these, since `dockers_v2` builds and tags all platforms as one image',
      '7:35+5 warning deprecated: `dockers[0].retry` is deprecated → move it to `retry` at the top of the config',
    ])
  })
})

const OLD =
  'project_name: hello\nbuild:\n  main: ./cmd\n  goos: [linux]\narchive:\n  strip_parent_binary_folder: true\n  rlcp: true\n' +
  'scoop: { bucket: { owner: a, name: b }, folder: bucket }\nbrews: [{ tap: { owner: a, name: b }, folder: Formula }]\nchangelog: { skip: true }\n'

describe('keys of version 1', () => {
  test('are read with the meaning they had, with a warning each', async () => {
    const { config, said } = await read(OLD)
    expect(config).toEqual({
      project_name: 'hello',
      builds: [{ main: './cmd', goos: ['linux'] }],
      archives: [{ strip_binary_directory: true }],
      scoops: [{ repository: { owner: 'a', name: 'b' }, directory: 'bucket' }],
      brews: [{ repository: { owner: 'a', name: 'b' }, directory: 'Formula' }],
      changelog: { disable: true },
    })
    expect(said).toEqual([
      '1:1+1 warning no-version: the config does not say which version it is written for → put `version: 2` at the top',
      '2:1+5 warning deprecated: `build` is a key of version 1 → write `builds:` with a list of one',
      '5:1+7 warning deprecated: `archive` is a key of version 1 → write `archives:` with a list of one',
      '6:3+26 warning deprecated: `archives[0].strip_parent_binary_folder` is a key of version 1 → rename it to `strip_binary_directory`',
      '7:3+4 warning deprecated: `archives[0].rlcp` is a key of version 1 → delete it: it is always so now',
      '8:1+5 warning deprecated: `scoop` is a key of version 1 → write `scoops:` with a list of one',
      '8:10+6 warning deprecated: `scoops[0].bucket` is a key of version 1 → rename it to `repository`',
      '8:41+6 warning deprecated: `scoops[0].folder` is a key of version 1 → rename it to `directory`',
      '9:1+5 warning deprecated: `brews` is deprecated → write a cask under `homebrew_casks`; who has the formula has to install anew, see docs/config.md',
      '9:11+3 warning deprecated: `brews[0].tap` is a key of version 1 → rename it to `repository`',
      '9:39+6 warning deprecated: `brews[0].folder` is a key of version 1 → rename it to `directory`',
      '10:14+4 warning deprecated: `changelog.skip` is a key of version 1 → rename it to `disable`',
    ])
  })

  test('are carried out: nothing of them stops a release', async () => {
    expect((await readFiles(OLD)).unsupported).toEqual([])
  })

  test('are errors in a config that says it is version 2', async () => {
    const { said } = await read(`version: 2\n${OLD}`)
    expect(said.filter((line) => line.includes(' error removed-key')).length).toBe(10)
  })

  test('replacements become part of the name', async () => {
    const { config } = await read('archives: [{ replacements: { darwin: macOS, amd64: x86_64, 386: i386 } }]')
    const name = (config as { archives: { name_template: string }[] }).archives[0]?.name_template ?? ''
    const named = (Os: string, Arch: string): string =>
      render(name, { ProjectName: 'hello', Version: '1.0.0', Os, Arch, Arm: '', Mips: '', Amd64: 'v1' })
    expect(named('darwin', 'amd64')).toBe('hello_1.0.0_macOS_x86_64')
    expect(named('linux', '386')).toBe('hello_1.0.0_linux_i386')
    expect(render(withReplacements('a-{{- .Os -}} -b', { linux: 'Linux' }), { Os: 'linux' })).toBe('a-Linux-b')
    expect(withReplacements('{{ .Tag }}', { linux: 'Linux' })).toBe('{{ .Tag }}')
  })
})
