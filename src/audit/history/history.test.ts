import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { openRepository } from '../repository/facts.ts'
import { deploymentPlanRepository } from '../testing/deployment-plan.ts'
import { repositoryIn } from '../testing/repository.ts'
import { historyOf, type History } from './history.ts'

async function past(path: string): Promise<History> {
  const repository = await openRepository(path, process.env, new AbortController().signal)
  return historyOf(repository, process.env)
}

test('the deployment plan: one, two and four workflows a tag, each by the files of its own commit', async () => {
  await using folder = await tempFolder('history')
  deploymentPlanRepository(folder.path)
  const history = await past(folder.path)
  expect(history.tags.map((one) => [one.tag, one.releaseWorkflows.length, one.channels])).toEqual([
    ['v1.0.0', 1, ['chocolatey', 'homebrew']],
    ['v1.1.0', 2, ['chocolatey', 'homebrew']],
    ['v2.0.0', 4, ['chocolatey', 'homebrew', 'npm', 'pypi']],
  ])
  expect(history.tags[2]?.invalid).toEqual(['.github/workflows/deploy.yml', '.github/workflows/publish-packages.yml'])
  expect(history.tags[2]?.hubFed).toEqual(['chocolatey', 'homebrew'])
  expect(history.counts).toEqual({
    tags: 3,
    byReleaseWorkflows: { 1: 1, 2: 1, 4: 1 },
    withInvalid: 1,
    byChannel: { chocolatey: 3, homebrew: 3, npm: 1, pypi: 1 },
  })
  expect(history.changes.map((one) => [one.subject, one.before.length, one.after.length])).toEqual([
    ['Begin', 0, 1],
    ['A simple release, to be sure', 1, 2],
    ['Everything at once', 2, 4],
  ])
})

const RELEASE = (pattern: string): string => `on: {push: {tags: ['${pattern}']}}
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{uses: softprops/action-gh-release@v2}]
`

test('a commit that says it disables and enables one is told so; removed folders, no tags and skip markers too', async () => {
  await using folder = await tempFolder('history')
  const repository = repositoryIn(folder.path)
  repository.write({ '.github/workflows/a.yml': RELEASE('v*'), '.github/workflows/b.yml': RELEASE('never*') })
  repository.commit('Begin')
  expect((await past(folder.path)).tags).toEqual([])
  repository.write({ '.github/workflows/b.yml': RELEASE('v[0-9]*') })
  repository.commit('Disable b for good')
  repository.tag('v1.0.0')
  repository.write({ '.github/workflows/b.yml': `${RELEASE('v*')}   x: [` })
  repository.commit('Fix b')
  repository.git('rm', '-rq', '.github')
  repository.commit('No workflows [skip ci]')
  repository.tag('v1.1.0')
  const { tags, changes } = await past(folder.path)
  expect(changes.map((one) => [one.remark, one.enabled, one.disabled])).toEqual([
    [undefined, ['.github/workflows/a.yml'], []],
    ['says “Disable”, but enabled b.yml', ['.github/workflows/b.yml'], []],
    ['says “Fix”, but broke b.yml', [], ['.github/workflows/b.yml']],
    [undefined, [], ['.github/workflows/a.yml']],
  ])
  expect(tags.map((one) => one.releaseWorkflows.length)).toEqual([2, 0])
})

test('annotated tags, tags of trees, several tags of a commit and SHA-256 repositories are read', async () => {
  await using folder = await tempFolder('history')
  const repository = repositoryIn(folder.path)
  rmSync(`${folder.path}/.git`, { recursive: true })
  repository.git('init', '-q', '--object-format=sha256', '-b', 'main')
  repository.write({ '.github/workflows/a.yml': RELEASE('v*'), 'x/y/z.sh': 'echo' })
  repository.commit('Begin')
  repository.git('tag', '-a', '-m', 'one', 'v1.0.0')
  repository.git('tag', 'v1.0.1')
  repository.git('tag', 'other')
  repository.git('tag', 'tree', 'HEAD^{tree}')
  const { tags } = await past(folder.path)
  expect(new Map(tags.map((one) => [one.tag, one.releaseWorkflows.length]))).toEqual(
    new Map([
      ['v1.0.0', 1],
      ['v1.0.1', 1],
      ['other', 0],
    ]),
  )
  expect(tags.every((one) => one.date.endsWith('Z'))).toBe(true)
})

test('a shallow clone says what it cannot know', async () => {
  await using folder = await tempFolder('history')
  deploymentPlanRepository(`${folder.path}/whole`)
  const repository = repositoryIn(`${folder.path}/other`)
  repository.git('clone', '-q', '--depth', '1', `file://${folder.path}/whole`, `${folder.path}/shallow`)
  const { tags, missing } = await past(`${folder.path}/shallow`)
  expect(tags.map((one) => one.tag)).toEqual(['v2.0.0'])
  expect(missing).toEqual(['this clone is shallow: older tags and commits are not in it; fetch with --unshallow'])
})
