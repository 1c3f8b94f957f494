import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readConfig } from '../config/load.ts'
import { tempFolder } from '../core/temp.ts'
import type { Source } from '../source/source.ts'
import { makePlan, type PlanOptions } from './make.ts'
import type { Plan } from './plan.ts'
import { projectFiles } from './project-files.ts'

/** v1.2.3 on a clean tree, for tests. */
export const TEST_SOURCE: Source = {
  tag: 'v1.2.3',
  version: '1.2.3',
  rawVersion: '1.2.3',
  previousTag: 'v1.2.2',
  branch: 'main',
  commit: '0123456789abcdef0123456789abcdef01234567',
  shortCommit: '0123456',
  commitDate: '2026-01-02T03:04:05Z',
  commitTimestamp: 1767323045,
  firstCommit: 'fedcba9876543210fedcba9876543210fedcba98',
  summary: 'v1.2.3',
  tagSubject: 'v1.2.3',
  tagContents: 'v1.2.3',
  tagBody: '',
  url: 'git@github.com:ann/hello.git',
  dirty: false,
  changes: [],
  snapshot: false,
  semver: { major: 1, minor: 2, patch: 3, prerelease: '', metadata: '' },
}

export interface TestPlanOptions extends Partial<PlanOptions> {
  source?: Partial<Source>
  /** Further files of the project; null takes one away. */
  tree?: Record<string, string | null>
}

/**
 * The plan of a config, in a folder that is gone afterwards; paths below it are shown as `/root`.
 * @example (await planOf('project_name: hello\n')).binaries.length // 8
 */
export async function planOf(yaml: string, options: TestPlanOptions = {}): Promise<Plan> {
  await using folder = await tempFolder('plan')
  const tree = { 'go.mod': 'module example.org/hello\n', '.goreleaser.yaml': yaml, ...options.tree }
  for (const [name, text] of Object.entries(tree)) {
    if (text === null) continue
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), text)
  }
  const loaded = await readConfig(folder.path)
  const source = { ...TEST_SOURCE, ...options.source }
  const plan = makePlan(loaded, source, { env: {}, files: projectFiles(folder.path), ...options, root: folder.path })
  return JSON.parse(JSON.stringify(plan).replaceAll(folder.path, '/root')) as Plan
}

/** Problems as `line:column code message`, which is what a person sees of them. */
export function told(plan: Plan, severity = 'error'): string[] {
  return plan.diagnostics
    .filter((one) => one.severity === severity)
    .map(({ where, code, message }) => `${where?.line ?? '-'}:${where?.column ?? '-'} ${code} ${message}`)
}
