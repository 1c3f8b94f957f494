import { expect, test } from 'vitest'
import { metricsOf } from '../metrics/metrics.ts'
import type { History, TagHistory } from './history.ts'
import { historyPage } from './page.ts'

const W = '.github/workflows/'
const tag = (name: string, count: number, invalid: string[] = []): TagHistory => ({
  tag: name,
  commit: 'abc',
  date: '2026-01-01T00:00:00Z',
  workflows: [],
  releaseWorkflows: Array.from({ length: count }, (_, at) => `${W}${at}.yml`),
  invalid,
  channels: ['npm'],
  publishers: {},
  hubFed: [],
  collisions: [],
})

const history = (tags: TagHistory[]): History => ({
  repository: 'acme/hello',
  sample: 'v9.9.9',
  tags,
  changes: [
    {
      commit: 'def0123456',
      date: '2026-01-01T00:00:00Z',
      subject: 'Disable <script>alert(1)</script>',
      before: [],
      after: [`${W}0.yml`],
      enabled: [`${W}0.yml`],
      disabled: [],
      broken: [],
      remark: 'says “Disable”, but enabled 0.yml',
    },
  ],
  counts: { tags: tags.length, byReleaseWorkflows: {}, withInvalid: 0, byChannel: {} },
  missing: [],
})

test('the page draws a bar for each tag, as high as it has workflows, and holds nothing that runs or is fetched', () => {
  const all = history([tag('v0', 0), tag('v1', 1), tag('v2&', 4, [`${W}bad.yml`])])
  const page = historyPage(all, metricsOf(all, undefined, new Set()))
  const heights = [...page.matchAll(/<rect [^>]*height="(\d+)" fill="(#\w+)"/g)].map((one) => [Number(one[1]), one[2]])
  expect(heights).toEqual([
    [3, '#9aa0a6'],
    [45, '#1a7f4b'],
    [180, '#c53030'],
  ])
  expect(page).toContain('<title>v2&amp;: 4 workflows, 1 refused</title>')
  expect(page).toContain('Disable &lt;script&gt;')
  expect(page).not.toMatch(/<script|<link|<img|https?:\/\//)
})

test('no tag, one tag and hundreds are drawn inside the picture', () => {
  for (const count of [0, 1, 300]) {
    const all = history(Array.from({ length: count }, (_, at) => tag(`v${at}`, 1)))
    const page = historyPage(all, metricsOf(all, undefined, new Set()))
    const width = Number(/viewBox="0 0 (\d+) /.exec(page)?.[1])
    const right = Math.max(
      0,
      ...[...page.matchAll(/<rect x="(\d+)"[^>]*width="(\d+)"/g)].map((one) => Number(one[1]) + Number(one[2])),
    )
    expect(right).toBeLessThanOrEqual(width)
  }
})
