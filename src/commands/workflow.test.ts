import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { auditRepository } from '../audit/audit.ts'
import { fanOutRegressions, LOCK_FILE, readLock } from '../audit/clean/lock.ts'
import { deploymentPlanRepository } from '../audit/testing/deployment-plan.ts'
import { repositoryIn } from '../audit/testing/repository.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { cleanCommand } from './clean.ts'
import { explainCommand } from './explain.ts'
import { workflowCommand, type WorkflowAnswer } from './workflow.ts'

const signal = new AbortController().signal
const { env } = process
const FILE = '.github/workflows/goreleaser.yml'

const write = (root: string, more: { check?: boolean; file?: string } = {}): Promise<WorkflowAnswer> =>
  workflowCommand({ root, env, signal, check: false, ...more })

test('the deployment plan, cleaned: the workflow is written into the file that stays, and the audit finds nothing in it', async () => {
  await using folder = await tempFolder('workflow')
  const root = folder.path
  const repository = deploymentPlanRepository(root)
  await expect(write(root)).rejects.toThrow('4 workflows release on one tag')
  repository.write({ 'tagonce.yaml': 'npms:\n  - name: contextlite\n    provenance: true\n' })
  repository.commit('npm from the hub')
  await cleanCommand({ root, env, signal, also: [], allowLoss: ['pypi', 'urls'], apply: true, runs: [] })
  repository.commit('One workflow a tag')
  expect((await write(root, { check: true })).changed).toEqual([FILE, 'RELEASING.md', LOCK_FILE])
  const { changed, notes } = await write(root)
  expect(changed).toEqual([FILE, 'RELEASING.md', LOCK_FILE])
  expect(notes).toEqual([])
  const text = readFileSync(join(root, FILE), 'utf8')
  expect(text).toContain('name: GoReleaser - Release Everywhere\n')
  expect(text).toContain("      - 'v[0-9]+.[0-9]+.[0-9]+'\n      - 'v[0-9]+.[0-9]+.[0-9]+-*'\n")
  expect(text).toContain('CHOCOLATEY_API_KEY: ${{ secrets.CHOCOLATEY_API_KEY }}')
  expect(text).toContain('NPM_TOKEN: ${{ secrets.NPM_TOKEN }}')
  expect(text).toContain('id-token: write')
  // The runner sets these itself; a secret of that name would be empty, and hide them.
  expect(text).not.toContain('ACTIONS_ID_TOKEN')
  const page = readFileSync(join(root, 'RELEASING.md'), 'utf8')
  expect(page).toContain("| npm | contextlite | `NPM_TOKEN`, the workflow's own identity |")
  expect(text).toContain('go-version-file: go.mod')
  // Every action stands there by its commit.
  for (const [, ref] of text.matchAll(/uses: \S+@(\S+)/g)) expect(ref).toMatch(/^[0-9a-f]{40}$/)
  repository.commit('The release workflow')

  const explained = await explainCommand({ root, tag: 'v2.0.1', env, signal })
  expect(explained.workflows.filter((one) => one.state === 'runs').map((one) => one.path)).toEqual([FILE])
  expect(explained.collisions).toEqual([])
  const { findings, input } = await auditRepository({ root, env, signal })
  // That npm takes a token is told, and is so: the package must be bound to the file on npm's side first.
  const found = findings.filter((one) => one.where.file === FILE).map((one) => `${one.severity} ${one.rule}`)
  expect(found.filter((one) => one !== 'warning trusted-publishing')).toEqual([])
  expect(fanOutRegressions(readLock(input.snapshot.read(LOCK_FILE)), input)).toEqual([])
  expect(input.snapshot.read(LOCK_FILE)).toContain('publish npm contextlite')
  // A tag that is no version starts nothing.
  const other = await explainCommand({ root, tag: 'vendor-1', env, signal })
  expect(other.workflows.filter((one) => one.state === 'runs')).toEqual([])
})

test('--check is quiet while all is right, and names what has drifted', async () => {
  await using folder = await tempFolder('workflow')
  const root = folder.path
  const repository = repositoryIn(root)
  repository.write({
    'go.mod': 'module example.com/hello\n\ngo 1.24\n',
    'main.go': 'package main\n\nfunc main() {}\n',
    '.goreleaser.yaml': 'version: 2\nbuilds:\n  - ldflags: ["-X main.by={{ .Env.BUILDER }}"]\n',
  })
  repository.git('remote', 'add', 'origin', 'https://github.com/acme/hello.git')
  repository.commit('Begin')
  repository.tag('0.1.0')
  await write(root)
  const file = '.github/workflows/release.yml'
  const text = readFileSync(join(root, file), 'utf8')
  expect(text).toContain("      - '[0-9]+.[0-9]+.[0-9]+'\n")
  expect(text).toContain('BUILDER: ${{ secrets.BUILDER }}')
  expect(text).not.toContain('id-token')
  expect(await write(root, { check: true })).toMatchObject({ path: file, changed: [], diff: '' })

  // A secret of another name, and a variable, are kept; an older tagonce is no drift; a changed line is.
  const own = text.replace('secrets.BUILDER', 'vars.WHO').replace(/tagonce@\S+ release/, 'tagonce@0.0.9 release')
  writeFileSync(join(root, file), own)
  const page = join(root, 'RELEASING.md')
  writeFileSync(
    page,
    readFileSync(page, 'utf8')
      .replaceAll(/tagonce@\d[\w.]*/g, 'tagonce@0.0.9')
      .replace(/\n## Secrets[^#]*/, '\n'),
  )
  expect((await write(root, { check: true })).changed).toEqual([])
  writeFileSync(join(root, file), own.replace('fetch-depth: 0', 'fetch-depth: 1'))
  const drifted = await write(root, { check: true })
  expect(drifted.changed).toEqual([file])
  expect(drifted.diff).toContain('-          fetch-depth: 1')

  writeFileSync(page, '# Ours\n')
  const kept = await write(root)
  expect(kept.notes[0]).toMatch(/RELEASING\.md was written by somebody else/)
  expect(readFileSync(page, 'utf8')).toBe('# Ours\n')
  await expect(write(root, { file: '../x.yml' })).rejects.toThrow('no file that GitHub reads')
  expect((await write(root, { file: 'ship.yaml', check: true })).path).toBe('.github/workflows/ship.yaml')
})

test.each([
  ['', false],
  ['    trusted_publishing: true\n', true],
  ['    provenance: true\n', true],
])('the identity of the workflow is granted where it is used: npms %j', async (keys, granted) => {
  await using folder = await tempFolder('workflow')
  const repository = repositoryIn(folder.path)
  repository.write({
    'go.mod': 'module example.com/hello\n\ngo 1.24\n',
    'main.go': 'package main\n\nfunc main() {}\n',
    '.goreleaser.yaml': 'version: 2\nmetadata:\n  license: MIT\n',
    'tagonce.yaml': `npms:\n  - name: hello\n${keys}`,
  })
  repository.git('remote', 'add', 'origin', 'https://github.com/acme/hello.git')
  repository.commit('Begin')
  repository.tag('v0.1.0')
  await write(folder.path)
  const text = readFileSync(join(folder.path, '.github/workflows/release.yml'), 'utf8')
  expect(text.includes('id-token: write')).toBe(granted)
  expect(text.includes('secrets.NPM_TOKEN')).toBe(!keys.includes('trusted'))
})

const actionlint = (env['PATH'] ?? '')
  .split(delimiter)
  .map((one) => join(one, 'actionlint'))
  .concat(env['ACTIONLINT'] ?? [])
  .findLast((one) => existsSync(one))

test.skipIf(actionlint === undefined)(
  'actionlint finds nothing in it (skipped where actionlint is missing)',
  async () => {
    await using folder = await tempFolder('workflow')
    const repository = deploymentPlanRepository(folder.path)
    repository.write({ 'tagonce.yaml': 'npms:\n  - name: contextlite\n' })
    await write(folder.path, { file: 'it-s a name.yml'.replaceAll(/[^\w.]/g, '-') })
    const judged = await run([actionlint ?? '', '-no-color', '.github/workflows/it-s-a-name.yml'], { cwd: folder.path })
    expect(judged.stdout).toBe('')
    expect(judged.code).toBe(0)
  },
)
