import { afterEach, expect, test, vi } from 'vitest'
import { deploymentPlanRepository } from '../audit/testing/deployment-plan.ts'
import { repositoryIn } from '../audit/testing/repository.ts'
import { ExitCode } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { runCommand } from './context.ts'
import { auditCommand, type AuditCliOptions } from './audit.ts'
import { explainCommand } from './explain.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** Runs a command as the program would; its exit code and what it wrote. */
async function ran(
  root: string,
  global: { json?: true },
  command: Parameters<typeof runCommand>[2],
): Promise<{ code: ExitCode; out: string; err: string }> {
  let [out, err] = ['', '']
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => ((out += String(chunk)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => ((err += String(chunk)), true))
  const code = await runCommand(root, { dir: '.', ...global }, command)
  vi.restoreAllMocks()
  return { code, out, err }
}

const audit =
  (options: AuditCliOptions = {}): Parameters<typeof runCommand>[2] =>
  (context) =>
    auditCommand(context, options)

test('the findings as text, with place, evidence and mend; exit 1', async () => {
  await using folder = await tempFolder('cli-audit')
  deploymentPlanRepository(folder.path)
  const { code, out } = await ran(folder.path, {}, audit())
  expect(code).toBe(ExitCode.failed)
  expect(out).toContain('4 workflows write the release v2.0.1')
  expect(out).toMatch(/≠ linux-x64: contextlite-linux-amd64\.tar\.gz planned: contextlite_2\.0\.1_linux_amd64\.tar\.gz/)
  expect(out).toContain('looked at the push of v2.0.1')
})

test('--json is one object', async () => {
  await using folder = await tempFolder('cli-audit')
  deploymentPlanRepository(folder.path)
  const { out } = await ran(folder.path, { json: true }, audit())
  const answer = JSON.parse(out) as { type: string; tag: string; findings: { rule: string }[]; channels: object[] }
  expect(answer).toMatchObject({ type: 'audit', tag: 'v2.0.1' })
  expect(answer.findings.map((one) => one.rule)).toContain('tag-collision')
  expect(answer.channels).toHaveLength(4)
})

test('explain --json has workflows, collisions and what is next; every workflow is there', async () => {
  await using folder = await tempFolder('cli-audit')
  deploymentPlanRepository(folder.path)
  const { code, out } = await ran(folder.path, { json: true }, (context) => explainCommand(context, 'v2.0.1', {}))
  expect(code).toBe(ExitCode.failed)
  const answer = JSON.parse(out) as {
    workflows: { path: string; state: string; reason: string; jobs: object[] }[]
    collisions: object[]
    next: object[]
  }
  expect(answer.workflows).toHaveLength(7)
  expect(answer.workflows.filter((one) => one.state === 'runs')).toHaveLength(4)
  expect([answer.collisions.length, Array.isArray(answer.next)]).toEqual([3, true])
})

test('annotations in GitHub Actions', async () => {
  await using folder = await tempFolder('cli-audit')
  deploymentPlanRepository(folder.path)
  vi.stubEnv('GITHUB_ACTIONS', 'true')
  vi.stubEnv('GITHUB_REPOSITORY', undefined)
  const { err } = await ran(folder.path, {}, audit())
  expect(err).toMatch(
    /^::error file=\.github\/workflows\/goreleaser\.yaml,line=18,col=9::4 workflows write the release/m,
  )
})

test('a clean repository is told so; exit 0', async () => {
  await using folder = await tempFolder('cli-audit')
  repositoryIn(folder.path).commit('one')
  const { code, out } = await ran(folder.path, {}, audit())
  expect([code, out]).toEqual([ExitCode.ok, '0 errors, 0 warnings, 0 to know; looked at the push of v0.1.0\n'])
})

test('--tag that is none, and a folder without a repository', async () => {
  await using folder = await tempFolder('cli-audit')
  expect((await ran(folder.path, {}, audit({ tag: 'a b' }))).code).toBe(ExitCode.usage)
  const { code, err } = await ran(folder.path, {}, audit())
  expect(code).toBe(ExitCode.failed)
  expect(err).toContain('is not in a git repository')
})
