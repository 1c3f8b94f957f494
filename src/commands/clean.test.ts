import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { auditRepository } from '../audit/audit.ts'
import { fanOutRegressions, LOCK_FILE, readLock } from '../audit/clean/lock.ts'
import { metricRows } from '../audit/metrics/metrics.ts'
import { deploymentPlanRepository } from '../audit/testing/deployment-plan.ts'
import { tempFolder } from '../core/temp.ts'
import { createGitHub } from '../external/github.ts'
import { withGithub } from '../rehearsal/github/testing.ts'
import { cleanCommand, lockCommand, type CleanCommandOptions, type Cleaned } from './clean.ts'
import { explainCommand } from './explain.ts'
import { historyCommand } from './history.ts'

const signal = new AbortController().signal
const env = process.env
const W = '.github/workflows/'
const ALL = ['npm', 'pypi', 'urls']

function clean(root: string, more: Partial<CleanCommandOptions> = {}): Promise<Cleaned> {
  return cleanCommand({ root, env, signal, also: [], allowLoss: [], apply: false, runs: [], ...more })
}

test('the deployment plan: goreleaser.yml stays, three go, the invalid one is reported, lost channels refuse it', async () => {
  await using folder = await tempFolder('clean')
  deploymentPlanRepository(folder.path)
  const { plan, diff, applied } = await clean(folder.path)
  expect(plan.survivor).toEqual({
    path: `${W}goreleaser.yml`,
    because: 'it feeds chocolatey, homebrew from the hub',
  })
  // archive/ is git-ignored in this repository.
  expect(plan.archived.map((one) => [one.from, one.to])).toEqual([
    [`${W}goreleaser.yaml`, 'docs/release-archive/goreleaser.yaml'],
    [`${W}release.yml`, 'docs/release-archive/release.yml'],
    [`${W}simple-release.yml`, 'docs/release-archive/simple-release.yml'],
  ])
  expect(plan.archived[0]?.why).toBe('ends in .yml, the more usual of the two: the one that stays, not this one')
  expect(plan.reported.map((one) => one.path)).toEqual([
    `${W}deploy.yml`,
    `${W}publish-packages.yml`,
    `${W}release.yml.backup`,
  ])
  expect(plan.reported[1]?.what).toMatch(/^invalid .*once mended, it would fire on v2\.0\.1, too/)
  const errors = plan.problems.filter((one) => one.severity === 'error')
  expect(errors.map((one) => one.message)).toEqual([
    `npm loses its last publisher (${W}release.yml): without runs (--runs) it is taken to have versions that users install`,
    `pypi loses its last publisher (${W}release.yml): without runs (--runs) it is taken to have versions that users install`,
    `published wrappers download contextlite-linux-amd64.tar.gz, contextlite-darwin-arm64.tar.gz, contextlite-windows-amd64.zip, which only ${W}simple-release.yml can put into the release`,
  ])
  expect(errors[0]?.mend).toContain('`npms:` to tagonce.yaml')
  expect(metricRows(plan.metrics).slice(0, 3)).toEqual([
    ['', 'before', 'after (planned)'],
    ['workflows per tag', '4', '1'],
    ['collisions', '3', '0'],
  ])
  expect(diff).toContain(`rename from ${W}simple-release.yml\nrename to docs/release-archive/simple-release.yml`)
  expect(diff).toContain(
    '-Released by `.github/workflows/release.yml`.\n+Released by `.github/workflows/goreleaser.yml`.',
  )
  expect(applied).toBe(false)
  await expect(clean(folder.path, { apply: true })).rejects.toThrow('the plan is refused; nothing was changed')
})

test('applied, one workflow is left; the archive tells how to bring all back; the lock holds', async () => {
  await using folder = await tempFolder('clean')
  const repository = deploymentPlanRepository(folder.path)
  const before = repository.git('rev-parse', 'HEAD')
  const { diff } = await clean(folder.path, { allowLoss: ALL })
  const { applied, plan } = await clean(folder.path, { allowLoss: ALL, apply: true })
  expect(applied).toBe(true)
  // What was shown is what git could have applied by itself.
  const shown = join(folder.path, '.git', 'shown.patch')
  writeFileSync(shown, diff)
  const status = repository.git('status', '--porcelain', '-uall')
  repository.commit('One workflow a tag')
  const other = join(folder.path, '.git', 'other')
  execFileSync('git', ['worktree', 'add', '-q', '--detach', other, before], { cwd: folder.path })
  execFileSync('git', ['apply', shown], { cwd: other })
  expect(execFileSync('git', ['status', '--porcelain', '-uall'], { cwd: other, encoding: 'utf8' }).trim()).toBe(status)
  expect(status.split('\n').map((line) => line.trim())).toEqual([
    `D ${W}goreleaser.yaml`,
    `D ${W}release.yml`,
    `D ${W}simple-release.yml`,
    'M README.md',
    `?? ${LOCK_FILE}`,
    '?? docs/release-archive/ARCHIVE.md',
    '?? docs/release-archive/goreleaser.yaml',
    '?? docs/release-archive/release.yml',
    '?? docs/release-archive/simple-release.yml',
  ])
  const explained = await explainCommand({ root: folder.path, tag: 'v2.0.1', env, signal })
  expect(explained.workflows.filter((one) => one.state === 'runs').map((one) => one.path)).toEqual([
    `${W}goreleaser.yml`,
  ])
  expect(explained.collisions).toEqual([])
  const archive = readFileSync(join(folder.path, 'docs/release-archive/ARCHIVE.md'), 'utf8')
  expect(archive).toContain('## release.yml')
  expect(archive).toContain('publish npm contextlite (npm publish (in scripts/publish-npm.sh))')
  expect(archive).toContain('`NPM_TOKEN`')
  const command = /git show \S+:\S*release\.yml/.exec(archive.slice(archive.indexOf('## release.yml')))?.[0] ?? ''
  expect(repository.git(...command.split(' ').slice(1))).toContain('name: Release')

  // Once more there is nothing to do.
  const again = await clean(folder.path, { apply: true })
  expect(again.plan.archived).toEqual([])
  expect(again.plan.changes).toEqual([])

  // The metrics see tags on both sides of it.
  repository.git('tag', 'v2.0.1')
  const { metrics } = await historyCommand({ root: folder.path, env, signal, runs: [] })
  expect(metricRows(metrics)[1]).toEqual(['workflows per tag', '4', '1'])

  // The day that a second workflow fires again, the lock says so.
  const locked = async (): Promise<string[]> => {
    const { input } = await auditRepository({ root: folder.path, env, signal })
    return fanOutRegressions(readLock(input.snapshot.read(LOCK_FILE)), input).map((one) => one.message)
  }
  expect(await locked()).toEqual([])
  writeFileSync(
    join(folder.path, `${W}release.yml`),
    plan.changes.find((one) => one.from === `${W}release.yml`)?.after ?? '',
  )
  expect((await locked())[0]).toMatch(
    /^push of tag v2\.0\.1: \.github\/workflows\/release\.yml releases too: .*publish npm/,
  )
  expect((await lockCommand({ root: folder.path, env, signal })).changed).toBe(true)
  expect(await locked()).toEqual([])
})

test('--keep, --also, tagonce.yaml and runs change the plan; what is not committed refuses it', async () => {
  await using folder = await tempFolder('clean')
  const repository = deploymentPlanRepository(folder.path)
  const kept = await clean(folder.path, { keep: 'release.yml', allowLoss: ['urls'] })
  expect(kept.plan.survivor).toEqual({ path: `${W}release.yml`, because: 'it was named with --keep' })
  expect(kept.plan.problems.map((one) => [one.severity, one.code])).toEqual([['warning', 'url-break']])
  await expect(clean(folder.path, { keep: 'ci.yml' })).rejects.toThrow('ci.yml is no workflow that releases on a tag')
  const also = await clean(folder.path, { also: ['publish-packages.yml'] })
  expect(also.plan.archived.map((one) => one.from)).toContain(`${W}publish-packages.yml`)
  expect(also.plan.reported.map((one) => one.path)).not.toContain(`${W}publish-packages.yml`)

  const runs = join(folder.path, 'runs.json')
  const run = (file: string, conclusion: string): object => ({
    id: 1,
    name: 'x',
    path: W + file,
    head_branch: 'v2.0.0',
    head_sha: 'x',
    event: 'push',
    conclusion,
    created_at: '2026-01-01T00:00:00Z',
  })
  writeFileSync(
    runs,
    JSON.stringify({ workflow_runs: [run('goreleaser.yml', 'failure'), run('release.yml', 'success')] }),
  )
  const { problems } = (await clean(folder.path, { runs: ['runs.json'], allowLoss: ['urls'] })).plan
  expect(problems.map((one) => one.code)).toEqual(['channel-loss', 'channel-loss', 'url-break', 'keep-choice-evidence'])
  expect(problems[0]?.message).toContain(`${W}release.yml delivered v2.0.0 to it`)
  writeFileSync(
    runs,
    JSON.stringify({ workflow_runs: [run('goreleaser.yml', 'success'), run('release.yml', 'failure')] }),
  )
  const never = (await clean(folder.path, { runs: ['runs.json'], allowLoss: ['urls'] })).plan
  expect(never.problems.map((one) => [one.severity, one.code])).toEqual([
    ['warning', 'channel-loss'],
    ['warning', 'channel-loss'],
    ['warning', 'url-break'],
  ])

  repository.write({ 'tagonce.yaml': 'npms:\n  - name: contextlite\npypis:\n  - name: contextlite\n' })
  repository.commit('npm and PyPI from the hub')
  const covered = await clean(folder.path)
  expect(covered.plan.problems.map((one) => one.code)).toEqual(['url-break'])
  expect(covered.plan.channels.map((one) => [one.channel, one.fate])).toEqual([
    ['chocolatey', 'kept'],
    ['homebrew', 'kept'],
    ['npm', 'covered by tagonce'],
    ['pypi', 'covered by tagonce'],
  ])
  repository.write({ [`${W}simple-release.yml`]: 'on: push\n' })
  await expect(clean(folder.path, { apply: true, allowLoss: ['urls'] })).rejects.toThrow(
    `these files are not committed: ${W}simple-release.yml`,
  )
  expect(existsSync(join(folder.path, 'docs/release-archive'))).toBe(false)
})

test('with a token the removed workflows are disabled on GitHub, and its runs are the evidence', async () => {
  await using world = await withGithub()
  const root = join(world.folder, 'repo')
  deploymentPlanRepository(root)
  world.seed.token({ token: 'ghp_ofOwner', login: 'example-owner' })
  await world.seed.repository({ name: 'example-owner/contextlite', from: root })
  const one = {
    ref: 'v2.0.0',
    commit: '0'.repeat(40),
    event: 'push',
    name: 'x',
    at: '2026-01-01T00:00:00Z',
    attempt: 1,
  }
  world.seed.runs('example-owner/contextlite', [
    { ...one, workflow: `${W}goreleaser.yml`, conclusion: 'success' },
    { ...one, workflow: `${W}release.yml`, conclusion: 'failure' },
  ])
  const hosts = { http: world.http, api: 'https://api.github.com', upload: 'https://uploads.github.com' }
  const github = createGitHub({ ...hosts, token: 'ghp_ofOwner' })
  const asked = await historyCommand({ root, env, signal, runs: [], github })
  expect(asked.runs?.delivered.map((each) => each.channel)).toEqual(['chocolatey', 'homebrew'])
  const cleaned = await clean(root, { apply: true, allowLoss: ['urls'], github, runsFrom: github })
  expect(cleaned.plan.survivor?.because).toContain('last succeeded on v2.0.0')
  expect(cleaned.disabled).toEqual({
    [`${W}goreleaser.yaml`]: 'disabled',
    [`${W}release.yml`]: 'disabled',
    [`${W}simple-release.yml`]: 'disabled',
  })
  const states = (await github.actions.workflows({ owner: 'example-owner', repo: 'contextlite' })).map((each) => [
    each.path.slice(W.length),
    each.state,
  ])
  expect(new Map(states as [string, string][]).get('release.yml')).toBe('disabled_manually')
  expect(new Map(states as [string, string][]).get('goreleaser.yml')).toBe('active')

  // A token that may not: the tree is changed, and what GitHub said is told; the same command tries it again.
  execFileSync('git', ['add', '-A'], { cwd: root })
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'x'], { cwd: root })
  world.seed.token({ token: 'ghs_reads', login: 'example-owner', kind: 'actions', permissions: { actions: 'read' } })
  const reader = createGitHub({ ...hosts, token: 'ghs_reads' })
  expect((await clean(root, { apply: true, github: reader })).disabled?.[`${W}release.yml`]).toBe(
    'was disabled_manually already',
  )
  const at = { owner: 'example-owner', repo: 'contextlite' }
  const id = (await github.actions.workflows(at)).find((each) => each.path === `${W}release.yml`)?.id ?? 0
  const way = 'PUT /repos/{owner}/{repo}/actions/workflows/{workflow_id}/enable'
  await world.octokitOf('ghp_ofOwner').request(way, { ...at, workflow_id: id })
  const refused = await clean(root, { apply: true, github: reader })
  expect(refused.disabled?.[`${W}release.yml`]).toMatch(
    /^not disabled: GitHub does not allow this to the token \(403\)/,
  )
})
