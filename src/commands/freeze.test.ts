import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { deploymentPlanRepository } from '../audit/testing/deployment-plan.ts'
import { repositoryIn, type TestRepository } from '../audit/testing/repository.ts'
import { tempFolder } from '../core/temp.ts'
import { createGitHub } from '../external/github.ts'
import { run } from '../external/process.ts'
import { withGithub } from '../rehearsal/github/testing.ts'
import { freezeCommand, thawCommand } from './freeze.ts'

const signal = new AbortController().signal
const { env } = process

interface Clone {
  root: string
  repository: TestRepository
  /** Pushes with this PATH before the usual one; what git says. */
  push(refs: string[], path?: string, from?: string): Promise<{ code: number; said: string }>
  /** A `tagonce` that stands for the audit's answer. */
  audit(exit: number): string
  tags(): string[]
}

function cloneIn(folder: string): Clone {
  const root = join(folder, 'repo')
  const repository = deploymentPlanRepository(root)
  const bare = join(folder, 'bare.git')
  repository.git('init', '-q', '--bare', bare)
  repository.git('remote', 'add', 'bare', bare)
  return {
    root,
    repository,
    async push(refs, path, from = root) {
      const clean = (env['PATH'] ?? '').split(delimiter).filter((one) => !existsSync(join(one, 'tagonce')))
      const PATH = [...(path === undefined ? [] : [path]), ...clean].join(delimiter)
      const { code, stderr } = await run(['git', 'push', '-q', 'bare', ...refs], { cwd: from, env: { ...env, PATH } })
      return { code, said: stderr }
    },
    audit(exit) {
      const bin = join(folder, `bin${exit}`)
      mkdirSync(bin, { recursive: true })
      writeFileSync(join(bin, 'tagonce'), `#!/bin/sh\necho "audit said $*"\nexit ${exit}\n`)
      chmodSync(join(bin, 'tagonce'), 0o755)
      return bin
    },
    tags: () => repository.git('ls-remote', '--tags', '--refs', bare).split('\n').filter(Boolean),
  }
}

test('frozen, a version tag does not reach a bare repository; branches and other tags do; thawed, it does', async () => {
  await using folder = await tempFolder('freeze')
  const clone = cloneIn(folder.path)
  const frozen = await freezeCommand({ root: clone.root, env, signal })
  expect(frozen.errors.map((one) => one.rule)).toContain('tag-collision')
  expect(frozen.hook).toMatchObject({ chained: false, shared: false })
  expect(frozen.ruleset).toMatch(/no token/)

  const without = await clone.push(['v2.0.0'])
  expect(without.code).not.toBe(0)
  expect(without.said).toContain('releases are frozen, so nothing is pushed: v2.0.0')
  expect(without.said).toContain('tagonce is not on the PATH')
  const failing = await clone.push(['v2.0.0', 'v1.0.0'], clone.audit(1))
  expect(failing.said).toContain('audit said audit --quiet')
  expect(failing.said).toContain('the audit has errors, so nothing is pushed: v2.0.0 v1.0.0')
  expect(clone.tags()).toEqual([])

  clone.repository.git('tag', 'nightly')
  expect((await clone.push(['main', 'nightly'])).code).toBe(0)
  expect((await clone.push(['v1.0.0'], clone.audit(0))).code).toBe(0)
  // Deleting a tag is no release.
  expect((await clone.push([':refs/tags/v1.0.0'])).code).toBe(0)

  expect(await thawCommand({ root: clone.root, env, signal })).toMatchObject({ hook: 'removed', rulesets: 0 })
  expect((await clone.push(['v2.0.0'])).code).toBe(0)
  expect(clone.tags().map((line) => line.split('/').at(-1))).toEqual(['nightly', 'v2.0.0'])
})

test('a hook that was there goes on to work, with its arguments and its input, and stands there again after', async () => {
  await using folder = await tempFolder('freeze')
  const clone = cloneIn(folder.path)
  const hook = join(clone.root, '.git/hooks/pre-push')
  const log = join(folder.path, 'log')
  mkdirSync(dirname(hook), { recursive: true })
  const text = `#!/bin/sh\necho "$1" >> ${log}\ncat >> ${log}\ngrep -q refs/heads/forbidden ${log} && exit 7\nexit 0\n`
  writeFileSync(hook, text, { mode: 0o755 })
  await freezeCommand({ root: clone.root, env, signal })
  // Once more changes nothing.
  expect((await freezeCommand({ root: clone.root, env, signal })).hook.chained).toBe(true)
  expect((await clone.push(['main'])).code).toBe(0)
  expect(readFileSync(log, 'utf8')).toMatch(/^bare\nrefs\/heads\/main \w+ refs\/heads\/main 0+\n$/)
  expect((await clone.push(['v2.0.0'])).code).not.toBe(0)
  expect(readFileSync(log, 'utf8')).not.toContain('v2.0.0')
  expect((await clone.push(['main:forbidden'])).code).not.toBe(0)
  expect((await thawCommand({ root: clone.root, env, signal })).hook).toBe('restored')
  expect(readFileSync(hook, 'utf8')).toBe(text)
  expect(existsSync(join(clone.root, '.git/hooks/pre-push.before-tagonce'))).toBe(false)
})

test('core.hooksPath, worktrees and links are respected; a shared folder of hooks does nothing elsewhere', async () => {
  await using folder = await tempFolder('freeze')
  const clone = cloneIn(folder.path)
  const { root, repository } = clone
  const worktree = join(folder.path, 'tree')
  repository.git('worktree', 'add', '-q', worktree)
  await freezeCommand({ root: worktree, env, signal })
  expect((await clone.push(['v2.0.0'], undefined, worktree)).said).toContain('releases are frozen')
  expect((await clone.push(['v2.0.0'])).said).toContain('releases are frozen')
  await thawCommand({ root, env, signal })

  repository.write({ 'scripts/hook': '#!/bin/sh\nexit 0\n', 'hooks/README': 'ours' })
  repository.git('config', 'core.hooksPath', 'hooks')
  symlinkSync('../scripts/hook', join(root, 'hooks/pre-push'))
  const own = await freezeCommand({ root, env, signal })
  expect(own.hook).toMatchObject({ path: join(root, 'hooks/pre-push'), shared: false })
  expect((await clone.push(['v2.0.0'])).said).toContain('releases are frozen')
  await thawCommand({ root, env, signal })
  expect(readFileSync(join(root, 'hooks/pre-push'), 'utf8')).toBe('#!/bin/sh\nexit 0\n')

  const shared = join(folder.path, 'shared')
  repository.git('config', 'core.hooksPath', shared)
  expect((await freezeCommand({ root, env, signal })).hook.shared).toBe(true)
  const other = repositoryIn(join(folder.path, 'other'))
  other.git('config', 'core.hooksPath', shared)
  other.git('remote', 'add', 'bare', join(folder.path, 'bare.git'))
  other.commit('x')
  other.tag('v9.0.0')
  expect((await clone.push(['v9.0.0'], undefined, other.path)).code).toBe(0)
  expect((await clone.push(['v2.0.0'])).code).not.toBe(0)
  expect((await thawCommand({ root, env, signal })).hook).toBe('left')
  expect((await clone.push(['v2.0.0'])).code).toBe(0)
  rmSync(worktree, { recursive: true })
})

test('with a token nobody can make a version tag on GitHub until it is thawed', async () => {
  await using world = await withGithub()
  const root = join(world.folder, 'repo')
  deploymentPlanRepository(root)
  world.seed.token({ token: 'ghp_ofOwner', login: 'example-owner' })
  await world.seed.repository({ name: 'example-owner/contextlite', from: root })
  const hosts = { http: world.http, api: 'https://api.github.com', upload: 'https://uploads.github.com' }
  const github = createGitHub({ ...hosts, token: 'ghp_ofOwner' })
  const local = { ...env, GITHUB_REPOSITORY: 'example-owner/contextlite' }
  expect((await freezeCommand({ root, env: local, signal, github })).ruleset).toBe('made')
  expect((await freezeCommand({ root, env: local, signal, github })).ruleset).toBe('there already')
  const at = { owner: 'example-owner', repo: 'contextlite' }
  const octokit = world.octokitOf('ghp_ofOwner')
  const { data } = await octokit.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref: 'heads/main' })
  const make = (tag: string): Promise<unknown> =>
    octokit.request('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: `refs/tags/${tag}`, sha: data.object.sha })
  await expect(make('v2.0.1')).rejects.toThrow('creations being restricted')
  await make('nightly')
  // A token that may not: this clone is frozen all the same.
  const guest = createGitHub({ ...hosts, token: world.token })
  expect(await thawCommand({ root, env: local, signal, github })).toMatchObject({ hook: 'removed', rulesets: 1 })
  const refused = await freezeCommand({ root, env: local, signal, github: guest })
  expect(refused.ruleset).toMatch(/^none: .*administration:write/)
  await make('v2.0.1')
})
