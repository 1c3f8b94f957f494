import { expect, test } from 'vitest'
import type { History, TagHistory } from '../history/history.ts'
import { compareRuns, readRuns } from '../history/runs.ts'
import { metricRows, metricsOf } from './metrics.ts'

const tag = (name: string, workflows: string[], collisions: string[], hubFed: string[]): TagHistory => ({
  tag: name,
  commit: 'abc',
  date: '2026-01-01T00:00:00Z',
  workflows,
  releaseWorkflows: workflows,
  invalid: [],
  channels: ['homebrew', 'npm'],
  publishers: { homebrew: workflows.slice(0, 1), npm: workflows.slice(-1) },
  hubFed,
  collisions,
})

test('before and after, by the tags on both sides of the clean-up; what nobody knows is a dash', () => {
  const tags = [
    tag('v1', ['a.yml', 'b.yml'], ['release v1'], ['homebrew']),
    tag('v2', ['a.yml', 'b.yml'], ['release v2'], ['homebrew']),
    tag('v3', ['a.yml', 'b.yml'], ['release v3'], ['homebrew']),
    tag('v4', ['a.yml'], [], ['homebrew', 'npm']),
  ]
  const history: History = {
    repository: 'o/r',
    sample: 'v5',
    tags,
    changes: [],
    counts: { tags: 4, byReleaseWorkflows: {}, withInvalid: 0, byChannel: {} },
    missing: [],
  }
  const run = (path: string, ref: string, conclusion: string, at: string): object => ({
    path,
    head_branch: ref,
    head_sha: 'x',
    event: 'push',
    conclusion,
    created_at: at,
  })
  const text = JSON.stringify([
    run('a.yml', 'v1', 'failure', '1'),
    run('b.yml', 'v1', 'failure', '2'),
    run('a.yml', 'v2', 'success', '3'),
    run('b.yml', 'v2', 'failure', '4'),
    run('a.yml', 'v4', 'success', '5'),
  ])
  const metrics = metricsOf(history, compareRuns(history, readRuns(text, 'x')), new Set(['v4']))
  expect(metricRows(metrics)).toEqual([
    ['', 'before', 'after'],
    ['workflows per tag', '2', '1'],
    ['collisions', '1', '0'],
    ['channels fed by the hub', '1 of 2', '2 of 2'],
    ['failed deployments', '3 of 4', '0 of 1'],
    ['wasted tags', '1 of 2', '0 of 1'],
    ['wasted tags of homebrew', '1', '0'],
    ['wasted tags of npm', '2', '0'],
    ['tags per delivered version', '2', '1'],
  ])
  const unknown = metricRows(metricsOf(history, undefined, new Set()))
  expect(unknown[1]).toEqual(['workflows per tag', '1', '–'])
  expect(unknown.at(-1)).toEqual(['tags per delivered version', '–', '–'])
})
