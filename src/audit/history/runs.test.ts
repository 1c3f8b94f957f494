import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { openRepository } from '../repository/facts.ts'
import { deploymentPlanRepository } from '../testing/deployment-plan.ts'
import { historyOf } from './history.ts'
import { compareRuns, readRuns } from './runs.ts'

const W = '.github/workflows/'
let id = 0
const run = (file: string, tag: string, conclusion: string, more: object = {}): object => ({
  id: (id += 1),
  name: 'a name',
  path: W + file,
  head_branch: tag,
  head_sha: 'abc',
  event: 'push',
  status: 'completed',
  conclusion,
  created_at: `2026-01-${String(id).padStart(2, '0')}T00:00:00Z`,
  run_attempt: 1,
  html_url: `https://github.com/example-owner/contextlite/actions/runs/${id}`,
  ...more,
})

test('what was foretold beside what ran: success rates, deliveries, and tags that were wasted', async () => {
  await using folder = await tempFolder('runs')
  deploymentPlanRepository(folder.path)
  const repository = await openRepository(folder.path, process.env, new AbortController().signal)
  const history = await historyOf(repository, process.env)
  const text = JSON.stringify({
    total_count: 8,
    workflow_runs: [
      run('goreleaser.yml', 'v1.1.0', 'failure'),
      run('simple-release.yml', 'v1.1.0', 'failure'),
      run('goreleaser.yml', 'v2.0.0', 'failure'),
      run('goreleaser.yml', 'v2.0.0', 'success', { run_attempt: 2, path: `${W}goreleaser.yml@refs/tags/v2.0.0` }),
      run('goreleaser.yaml', 'v2.0.0', 'failure'),
      run('release.yml', 'v2.0.0', 'failure'),
      run('publish-packages.yml', 'v2.0.0', 'failure', { name: `${W}publish-packages.yml` }),
      run('old.yml', 'v2.0.0', 'success'),
      run('ci.yml', 'main', 'success'),
    ],
  })
  const report = compareRuns(history, readRuns(text, 'runs.json'))
  expect(report.unrecorded).toEqual(['v1.0.0'])
  expect(report.compared[0]).toMatchObject({ tag: 'v1.1.0', missing: [], unexpected: [] })
  expect(report.compared[1]).toMatchObject({ missing: [`${W}simple-release.yml`], unexpected: [`${W}old.yml`] })
  expect(report.records.find((one) => one.workflow === `${W}goreleaser.yml`)).toMatchObject({
    runs: 2,
    succeeded: 1,
    failed: 1,
    lastSuccess: { tag: 'v2.0.0' },
  })
  expect(report.delivered.map((one) => [one.channel, one.workflow, one.tag])).toEqual([
    ['chocolatey', `${W}goreleaser.yml`, 'v2.0.0'],
    ['homebrew', `${W}goreleaser.yml`, 'v2.0.0'],
  ])
  expect(report.wasted).toEqual(['v1.1.0'])
  expect(report.wastedByChannel).toEqual({
    chocolatey: ['v1.1.0'],
    homebrew: ['v1.1.0'],
    npm: ['v2.0.0'],
    pypi: ['v2.0.0'],
  })
})

test('answers of several pages are read; what is no answer is refused with the way to get one', () => {
  const one = { workflow_runs: [run('a.yml', 'v1', 'success')] }
  expect(readRuns(JSON.stringify([one, one]), 'x')).toHaveLength(2)
  expect(readRuns(JSON.stringify(one.workflow_runs), 'x')[0]?.workflow).toBe('.github/workflows/a.yml')
  expect(() => readRuns('{', 'x.json')).toThrow(/x\.json holds no runs of GitHub/)
  expect(() => readRuns('{"workflow_runs":[{"id":1}]}', 'x.json')).toThrow(/x\.json holds no runs/)
})
