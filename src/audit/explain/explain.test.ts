import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { gitIn } from '../../external/git.ts'
import type { Explanation, Occurrence } from '../model.ts'
import { isAnyText, snapshotAt } from '../repository/snapshot.ts'
import { workflowsOf } from '../repository/workflows.ts'
import { deploymentPlanRepository } from '../testing/deployment-plan.ts'
import { repositoryIn } from '../testing/repository.ts'
import { actingSteps } from './collisions.ts'
import { explain } from './explain.ts'

async function explained(path: string, happened: Partial<Occurrence> = {}): Promise<Explanation> {
  const git = gitIn(path, process.env)
  const commit = (await git.ask(['rev-parse', 'HEAD'])) ?? ''
  const snapshot = await snapshotAt(path, git, commit, isAnyText, new Map(), process.env)
  const workflows = await workflowsOf(snapshot)
  const occurrence: Occurrence = {
    event: 'push',
    ref: 'refs/tags/v2.0.1',
    commit,
    commitMessage: 'x',
    actor: 'user',
    ...happened,
  }
  return explain(occurrence, {
    workflows,
    snapshot,
    facts: { repository: 'example-owner/contextlite', defaultBranch: 'main' },
  })
}

test('the case of the deployment plan: exactly four workflows run, the fifth is invalid and meant to', async () => {
  await using folder = await tempFolder('audit')
  deploymentPlanRepository(folder.path)
  const answer = await explained(folder.path)
  expect(answer.workflows.map((one) => [one.path.split('/').at(-1), one.state])).toEqual([
    ['ci.yml', 'skipped'],
    ['deploy.yml', 'invalid'],
    ['goreleaser.yaml', 'runs'],
    ['goreleaser.yml', 'runs'],
    ['publish-packages.yml', 'invalid'],
    ['release.yml', 'runs'],
    ['simple-release.yml', 'runs'],
  ])
  expect(answer.workflows.find((one) => one.path.endsWith('publish-packages.yml'))).toMatchObject({ wouldMatch: true })
  const release = answer.collisions.find((one) => one.kind === 'release')
  expect(new Set(release?.writers.map((one) => one.workflow)).size).toBe(4)
  expect(answer.collisions.map((one) => one.what)).toEqual(['release v2.0.1', 'chocolatey', 'homebrew'])
  const npm = actingSteps(answer.workflows).find((one) => one.effect.channel === 'npm')
  expect(npm).toMatchObject({
    job: 'wrappers',
    effect: { through: 'npm publish (in scripts/publish-npm.sh)', secrets: ['NPM_TOKEN'] },
  })
  const twine = actingSteps(answer.workflows).find((one) => one.effect.channel === 'pypi')
  expect(twine?.effect.where).toEqual({ file: '.github/workflows/release.yml', line: 34, column: 1 })
})

test('a branch push, a skip marker, and too many tags', async () => {
  await using folder = await tempFolder('audit')
  deploymentPlanRepository(folder.path)
  const branch = await explained(folder.path, { ref: 'refs/heads/main' })
  expect(branch.workflows.filter((one) => one.state === 'runs').map((one) => one.path)).toEqual([
    '.github/workflows/ci.yml',
  ])
  const skipped = await explained(folder.path, { commitMessage: 'docs [skip ci]' })
  expect(skipped.workflows.filter((one) => one.state === 'suppressed')).toHaveLength(4)
  const many = await explained(folder.path, { tagsInPush: 4 })
  expect(many.workflows.filter((one) => one.state === 'runs')).toEqual([])
})

test('a release made with a token of its own fires again; with GITHUB_TOKEN it does not', async () => {
  await using folder = await tempFolder('audit')
  const repository = repositoryIn(folder.path)
  const maker = (token: string): string => `on: {push: {tags: ['v*']}, release: {types: [published]}}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: softprops/action-gh-release@v2
        env: {GITHUB_TOKEN: '\${{ secrets.${token} }}'}
`
  repository.write({ '.github/workflows/a.yml': maker('PAT') })
  repository.commit('one')
  const fires = await explained(folder.path)
  const next = fires.next.find((one) => one.occurrence.event === 'release')
  expect(next?.explanation?.workflows.map((one) => one.state)).toEqual(['runs'])
  repository.write({ '.github/workflows/a.yml': maker('GITHUB_TOKEN') })
  repository.commit('two')
  const held = await explained(folder.path)
  expect(held.next.find((one) => one.occurrence.event === 'release')?.suppressed).toMatch(/GITHUB_TOKEN/)
})

test('if, needs, matrix and called workflows: runs, skipped and unknown, each with its reason', async () => {
  await using folder = await tempFolder('audit')
  const repository = repositoryIn(folder.path)
  repository.write({
    '.github/workflows/a.yml': `on: push
jobs:
  never: {if: false, runs-on: x, steps: [{run: npm publish}]}
  after: {needs: never, runs-on: x, steps: [{run: npm publish}]}
  always: {needs: never, if: always(), runs-on: x, steps: [{run: npm publish}]}
  tags: {if: "startsWith(github.ref, 'refs/tags/')", runs-on: x, steps: [{run: npm publish, if: "vars.PUBLISH == 'yes'"}]}
  branches: {if: "github.ref_type == 'branch'", runs-on: x, steps: [{run: a}]}
  text: {if: "\${{ false }} && true", runs-on: x, steps: [{run: a}]}
  call: {uses: ./.github/workflows/b.yml, with: {channel: snap}}
`,
    '.github/workflows/b.yml': `on: {workflow_call: {inputs: {channel: {type: string}}}}
jobs:
  up: {if: "inputs.channel == 'snap'", runs-on: x, steps: [{run: snapcraft upload a.snap}]}
  other: {if: "inputs.channel == 'npm'", runs-on: x, steps: [{run: npm publish}]}
`,
  })
  repository.commit('one')
  const [a] = (await explained(folder.path)).workflows
  expect(a?.jobs.map((job) => [job.id, job.state])).toEqual([
    ['never', 'skipped'],
    ['after', 'skipped'],
    ['always', 'runs'],
    ['tags', 'runs'],
    ['branches', 'skipped'],
    ['text', 'runs'],
    ['call', 'runs'],
  ])
  expect(a?.jobs[3]?.steps[0]).toMatchObject({
    state: 'unknown',
    reason: "vars.PUBLISH == 'yes' depends on vars.PUBLISH",
  })
  expect(a?.jobs[6]?.calls?.jobs.map((job) => job.state)).toEqual(['runs', 'skipped'])
})
