import { expect, it } from 'vitest'
import type { Source } from '../../source/source.ts'
import { planOf, told } from '../../plan/test-plan.ts'
import { planSpokes } from '../../release/spokes.ts'
import type { SnapSettings } from './settings.ts'

const CONFIG = `project_name: hello
builds:
  - { id: hello, goos: [linux], goarch: [amd64, arm64], no_main_check: true }
  - { id: kept-out, binary: other, goos: [linux], goarch: [amd64, arm64], no_main_check: true }
archives: [{ ids: [hello] }]
snapcrafts:
  - { ids: [kept-out], name: other, summary: Says hello, description: More, base: core24, license: MIT, publish: PUBLISH }
`
const planned = (publish: boolean, source: Partial<Source> = {}): ReturnType<typeof planOf> =>
  planOf(CONFIG.replace('PUBLISH', String(publish)), { source, planSpokes: (config) => planSpokes(config, new Set()) })

it('programs that no file of the release holds are told once, where a snap would be published', async () => {
  expect(told(await planned(true))).toEqual([
    '7:7 snap-no-archive a snap takes its programs from the release, and no archive in it holds other (linux/amd64), other (linux/arm64)',
  ])
  expect(told(await planned(true, { snapshot: true }))).toEqual([])
  expect(told(await planned(false))).toEqual([])
})

it('the store has one snap for armhf, and gets that of ARMv7', async () => {
  const yaml = CONFIG.replaceAll('[amd64, arm64]', '[arm, amd64], goarm: [6, 7], goamd64: [v3, v1]')
    .replace('ids: [hello]', 'ids: [hello, kept-out]')
    .replace('PUBLISH', 'true')
  const plan = await planOf(yaml, { planSpokes: (config) => planSpokes(config, new Set()) })
  const packages = plan.spokes.flatMap(({ settings }) => (settings as SnapSettings).packages)
  expect(packages.map(({ file, arch }) => `${arch} ${file}`)).toEqual([
    'amd64 hello_1.2.3_linux_amd64',
    'armhf hello_1.2.3_linux_armv7',
  ])
  expect(told(plan, 'warning').filter((line) => line.includes('snap'))).toEqual([
    '7:5 snap-one-level the store takes one snap for amd64: linux_amd64_v1 is in it, and no other',
    '7:5 snap-one-level the store takes one snap for armhf: linux_arm_7 is in it, and no other',
  ])
})

it('a program that is built for an image only is none of a snap', async () => {
  const kos = 'kos: [{ id: kept-out, repositories: [ghcr.io/acme/other], ldflags: [-s], platforms: [linux/amd64] }]\n'
  const yaml = `${CONFIG.replace('archives: [{ ids: [hello] }]\n', '').replace('ids: [kept-out], ', '').replace('PUBLISH', 'true')}${kos}`
  const plan = await planOf(yaml, {
    tree: { 'go.mod': 'module example.org/hello\n' },
    planSpokes: (config) => planSpokes(config, new Set()),
  })
  expect(told(plan)).toEqual([])
  expect(plan.imagePrograms).toHaveLength(1)
  const [snap] = plan.spokes.filter((one) => one.spoke === 'snap').map(({ settings }) => settings as SnapSettings)
  expect(snap?.packages.map(({ arch }) => arch)).toEqual(['amd64', 'arm64'])
})
