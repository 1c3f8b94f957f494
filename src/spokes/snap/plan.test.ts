import { expect, it } from 'vitest'
import type { Source } from '../../source/source.ts'
import { planOf, told } from '../../plan/test-plan.ts'
import { planSpokes } from '../../release/spokes.ts'

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
