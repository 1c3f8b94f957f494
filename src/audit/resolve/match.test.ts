import { expect, test } from 'vitest'
import type { Occurrence } from '../model.ts'
import { parseWorkflow } from '../workflow/parse.ts'
import { match, suppressed } from './match.ts'

// docs.github.com/actions/reference/workflows-and-actions/…
const SYNTAX = 'Workflow syntax, "on"'
const FILTER = 'Workflow syntax, "on.push.<branches|tags|branches-ignore|tags-ignore>"'
const PATHS = 'Workflow syntax, "on.<push|pull_request|pull_request_target>.<paths|paths-ignore>"'
const TYPES = 'Workflow syntax, "on.<event_name>.types"'
const EVENT = (name: string): string => `Events that trigger workflows, "${name}"`
const TOKEN = 'Triggering a workflow, "Triggering a workflow from a workflow"'
const SKIP = 'Skipping workflow runs'

const tag = (name = 'v1.0.0', more: Partial<Occurrence> = {}): Occurrence => ({
  event: 'push',
  ref: `refs/tags/${name}`,
  commit: 'c',
  ...more,
})
const branch = (name = 'main', more: Partial<Occurrence> = {}): Occurrence => ({
  event: 'push',
  ref: `refs/heads/${name}`,
  commit: 'c',
  ...more,
})
const event = (name: string, more: Partial<Occurrence> = {}): Occurrence => ({
  event: name,
  ref: 'refs/heads/main',
  commit: 'c',
  ...more,
})
const release = (action: string): Occurrence => tag('v1.0.0', { event: 'release', action })
const run = (
  name: string,
  more: Partial<NonNullable<Occurrence['workflowRun']>> = {},
  action = 'completed',
): Occurrence => event('workflow_run', { action, workflowRun: { name, conclusion: 'success', depth: 1, ...more } })
const pull = (action: string, more: Partial<Occurrence> = {}): Occurrence => event('pull_request', { action, ...more })

const TABLE: [doc: string, on: string, happened: Occurrence, expected: boolean | 'unknown'][] = [
  [SYNTAX, 'push', tag(), true],
  [SYNTAX, 'push', branch(), true],
  [SYNTAX, '[push, release]', release('published'), true],
  [SYNTAX, '[pull_request]', branch(), false],
  [SYNTAX, 'push', event('schedule'), false],
  [FILTER, "{push: {tags: ['v*']}}", tag(), true],
  [FILTER, "{push: {tags: ['v*']}}", branch('v1'), false],
  [FILTER, "{push: {tags: ['v*']}}", tag('a1'), false],
  [FILTER, '{push: {branches: [main]}}', tag('main'), false],
  [FILTER, '{push: {branches: [main]}}', branch(), true],
  [FILTER, '{push: {branches: [main]}}', branch('dev'), false],
  [FILTER, "{push: {branches: [main], tags: ['v*']}}", tag(), true],
  [FILTER, "{push: {branches: [main], tags: ['v*']}}", branch(), true],
  [FILTER, '{push: {branches-ignore: [main]}}', tag(), false],
  [FILTER, '{push: {branches-ignore: [main]}}', branch(), false],
  [FILTER, '{push: {branches-ignore: [main]}}', branch('dev'), true],
  [FILTER, "{push: {tags-ignore: ['v*-test']}}", tag(), true],
  [FILTER, "{push: {tags-ignore: ['v*-test']}}", tag('v1-test'), false],
  [FILTER, "{push: {tags-ignore: ['v*']}}", branch(), false],
  [FILTER, "{push: {tags: ['v*', '!v0.*']}}", tag('v0.9.0'), false],
  [FILTER, "{push: {tags: ['v*', '!v0.*']}}", tag('v1.0.0'), true],
  [FILTER, "{push: {branches: ['releases/**', '!releases/**-alpha']}}", branch('releases/10'), true],
  [FILTER, "{push: {branches: ['releases/**', '!releases/**-alpha']}}", branch('releases/beta/3-alpha'), false],
  [PATHS, "{push: {paths: ['docs/**']}}", tag(), true],
  [PATHS, "{push: {paths: ['docs/**']}}", branch('main', { changedPaths: ['docs/a.md'] }), true],
  [PATHS, "{push: {paths: ['docs/**']}}", branch('main', { changedPaths: ['src/a.go'] }), false],
  [PATHS, "{push: {paths: ['docs/**']}}", branch(), 'unknown'],
  [PATHS, "{push: {paths-ignore: ['docs/**']}}", branch('main', { changedPaths: ['docs/a.md'] }), false],
  [PATHS, "{push: {paths-ignore: ['docs/**']}}", branch('main', { changedPaths: ['docs/a.md', 'a.go'] }), true],
  [PATHS, "{push: {branches: [main], paths: ['docs/**']}}", branch('dev', { changedPaths: ['docs/a.md'] }), false],
  [PATHS, "{push: {paths: ['sub/**', '!sub/docs/**']}}", branch('main', { changedPaths: ['sub/docs/a'] }), false],
  [PATHS, "{pull_request: {paths: ['docs/**']}}", pull('opened'), 'unknown'],
  [TYPES, '{release: {types: [published]}}', release('published'), true],
  [TYPES, '{release: {types: [published]}}', release('created'), false],
  [EVENT('release'), 'release', release('published'), true],
  [EVENT('release'), 'release', release('created'), true],
  [EVENT('release'), 'release', release('deleted'), true],
  [EVENT('release'), '{release: {types: [created, edited]}}', release('edited'), true],
  [EVENT('release'), '{release: {types: [prereleased]}}', release('released'), false],
  [EVENT('pull_request'), 'pull_request', pull('opened'), true],
  [EVENT('pull_request'), 'pull_request', pull('synchronize'), true],
  [EVENT('pull_request'), 'pull_request', pull('reopened'), true],
  [EVENT('pull_request'), 'pull_request', pull('labeled'), false],
  [EVENT('pull_request'), '{pull_request: {types: [labeled]}}', pull('labeled'), true],
  [EVENT('pull_request'), '{pull_request: {branches: [dev]}}', pull('opened'), false],
  [EVENT('pull_request_target'), 'pull_request_target', event('pull_request_target', { action: 'closed' }), false],
  [EVENT('create'), 'create', tag('v1', { event: 'create' }), true],
  [EVENT('create'), 'create', branch('dev', { event: 'create' }), true],
  [EVENT('create'), 'create', tag(), false],
  [EVENT('delete'), 'delete', tag('v1', { event: 'delete' }), true],
  [EVENT('delete'), 'push', tag('v1', { event: 'delete' }), false],
  [EVENT('schedule'), "{schedule: [{cron: '0 0 * * *'}]}", event('schedule'), true],
  [EVENT('schedule'), "{schedule: [{cron: '0 0 * * *'}]}", branch(), false],
  [EVENT('workflow_dispatch'), 'workflow_dispatch', event('workflow_dispatch'), true],
  [EVENT('workflow_dispatch'), 'workflow_dispatch', tag('v1', { event: 'workflow_dispatch' }), true],
  [EVENT('workflow_dispatch'), 'workflow_dispatch', event('workflow_dispatch', { only: 'other.yml' }), false],
  [EVENT('workflow_dispatch'), 'workflow_dispatch', event('workflow_dispatch', { only: 'w.yml' }), true],
  [EVENT('repository_dispatch'), 'repository_dispatch', event('repository_dispatch', { dispatchType: 'any' }), true],
  [
    EVENT('repository_dispatch'),
    '{repository_dispatch: {types: [go]}}',
    event('repository_dispatch', { dispatchType: 'go' }),
    true,
  ],
  [
    EVENT('repository_dispatch'),
    '{repository_dispatch: {types: [go]}}',
    event('repository_dispatch', { dispatchType: 'stop' }),
    false,
  ],
  [EVENT('workflow_run'), '{workflow_run: {workflows: [CI]}}', run('CI'), true],
  [EVENT('workflow_run'), '{workflow_run: {workflows: [CI]}}', run('ci.yml'), false],
  [EVENT('workflow_run'), '{workflow_run: {workflows: [CI]}}', run('CI', { conclusion: 'failure' }), true],
  [EVENT('workflow_run'), '{workflow_run: {workflows: [CI], types: [completed]}}', run('CI', {}, 'requested'), false],
  [EVENT('workflow_run'), '{workflow_run: {workflows: [CI], types: [requested]}}', run('CI', {}, 'requested'), true],
  [
    EVENT('workflow_run'),
    '{workflow_run: {workflows: [CI], branches: [main]}}',
    run('CI', { headBranch: 'dev' }),
    false,
  ],
  [
    EVENT('workflow_run'),
    '{workflow_run: {workflows: [CI], branches: [main]}}',
    run('CI', { headBranch: 'main' }),
    true,
  ],
  [
    EVENT('workflow_run'),
    '{workflow_run: {workflows: [CI], branches-ignore: [canary]}}',
    run('CI', { headBranch: 'canary' }),
    false,
  ],
  [EVENT('workflow_run'), '{workflow_run: {workflows: [CI]}}', run('CI', { depth: 3 }), true],
  [EVENT('workflow_run'), '{workflow_run: {workflows: [CI]}}', run('CI', { depth: 4 }), false],
  [EVENT('workflow_call'), 'workflow_call', tag(), false],
  [
    EVENT('registry_package'),
    '{registry_package: {types: [published]}}',
    event('registry_package', { action: 'published' }),
    true,
  ],
  [EVENT('issues'), 'issues', event('issues', { action: 'opened' }), true],
]

test.each(TABLE)('%s: on: %s, %o → %s', async (_, on, happened, expected) => {
  const workflow = await parseWorkflow('w.yml', `name: W\non: ${on}\njobs: {a: {runs-on: x, steps: [{run: a}]}}\n`)
  expect(workflow.problems).toEqual([])
  const answer = match(workflow, happened)
  expect(answer.unknown === true ? 'unknown' : answer.matches).toBe(expected)
  expect(answer.because).not.toBe('')
})

const HELD: [doc: string, happened: Occurrence, expected: RegExp | undefined][] = [
  [EVENT('push'), tag('v1', { tagsInPush: 3 }), undefined],
  [EVENT('push'), tag('v1', { tagsInPush: 4 }), /more than three tags/],
  [EVENT('create'), tag('v1', { event: 'create', tagsInPush: 4 }), /more than three tags/],
  [EVENT('delete'), tag('v1', { event: 'delete', tagsInPush: 4 }), /more than three tags/],
  [EVENT('push'), branch('main', { tagsInPush: 4 }), undefined],
  ...['[skip ci]', '[ci skip]', '[no ci]', '[skip actions]', '[actions skip]'].map((marker): (typeof HELD)[number] => [
    SKIP,
    tag('v1', { commitMessage: `Docs ${marker}` }),
    /message holds/,
  ]),
  [SKIP, branch('main', { commitMessage: 'a [skip ci]' }), /message holds/],
  [SKIP, event('pull_request', { commitMessage: 'a [skip ci]' }), /message holds/],
  [SKIP, branch('main', { commitMessage: 'a\n\n\nskip-checks: true' }), /skip-checks/],
  [SKIP, branch('main', { commitMessage: 'a\n\n\nskip-checks:true' }), /skip-checks/],
  [SKIP, branch('main', { commitMessage: 'a skip-checks: true' }), undefined],
  [SKIP, { ...release('published'), commitMessage: 'a [skip ci]' }, undefined],
  [SKIP, tag('v1', { event: 'create', commitMessage: 'a [skip ci]' }), undefined],
  [SKIP, event('workflow_dispatch', { commitMessage: 'a [skip ci]' }), undefined],
  [SKIP, tag('v1', { commitMessage: 'skip ci' }), undefined],
  [TOKEN, tag('v1', { actor: 'GITHUB_TOKEN' }), /GITHUB_TOKEN/],
  [TOKEN, { ...release('published'), actor: 'GITHUB_TOKEN' }, /GITHUB_TOKEN/],
  [TOKEN, event('workflow_dispatch', { actor: 'GITHUB_TOKEN' }), undefined],
  [TOKEN, event('repository_dispatch', { actor: 'GITHUB_TOKEN' }), undefined],
  [TOKEN, tag('v1', { actor: 'app' }), undefined],
  [TOKEN, tag('v1', { actor: 'user' }), undefined],
]

test.each(HELD)('%s: %o is held back: %s', (_, happened, expected) => {
  expect(suppressed(happened) ?? 'nothing holds it back').toMatch(expected ?? /^nothing holds it back$/)
})
