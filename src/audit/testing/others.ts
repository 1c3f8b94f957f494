import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { tempFolder } from '../../core/temp.ts'
import { run } from '../../external/process.ts'
import { RULES } from '../rules/rules.ts'
import { repositoryOfCase } from './audited.ts'
import type { RuleCase } from './cases/case.ts'
import { CASES } from './cases/cases.ts'

/** A program from a variable of the environment, or from the PATH. */
export function findTool(variable: string, name: string): string | undefined {
  return [
    process.env[variable] ?? '',
    ...(process.env['PATH'] ?? '').split(delimiter).map((one) => join(one, name)),
  ].find((one) => one !== '' && existsSync(one))
}

/** Where the two others look: workflows only. */
const WORKFLOWS = '.github/workflows'

interface Said {
  kind: string
}

async function actionlint(tool: string, cwd: string): Promise<Said[]> {
  const { stdout } = await run([tool, '-shellcheck=', '-pyflakes=', '-format', '{{json .}}'], { cwd })
  return (JSON.parse(stdout === '' ? '[]' : stdout) as Said[] | null) ?? []
}

async function zizmor(tool: string, cwd: string): Promise<Said[]> {
  const argv = [tool, '--offline', '--no-exit-codes', '--no-progress', '--persona=auditor', '--format=json', WORKFLOWS]
  const { stdout } = await run(argv, { cwd })
  return (JSON.parse(stdout === '' ? '[]' : stdout) as { ident: string }[]).map(({ ident }) => ({ kind: ident }))
}

async function said(one: RuleCase, look: (cwd: string) => Promise<Said[]>): Promise<Said[]> {
  await using folder = await tempFolder('others')
  repositoryOfCase(folder.path, one)
  if (!existsSync(join(folder.path, WORKFLOWS))) return []
  const found = await look(folder.path)
  return found
}

/** Kinds of the others that answer the same question as a rule of ours. */
const SAME: Record<string, { actionlint?: string[]; zizmor?: string[] }> = {
  'invalid-workflow': {
    actionlint: ['events', 'id', 'syntax-check', 'workflow-call', 'expression', 'job-needs', 'glob'],
  },
  'empty-or-backup-file': { actionlint: ['syntax-check'] },
  'unreachable-job': { actionlint: ['if-cond'], zizmor: ['unsound-condition'] },
  'dead-condition': { actionlint: ['expression'] },
  'dispatch-chain': { actionlint: ['workflow-call'] },
  'missing-permission': { actionlint: ['permissions'] },
  'no-concurrency': { zizmor: ['concurrency-limits'] },
  'trusted-publishing': { zizmor: ['use-trusted-publishing'] },
  'unpinned-action': { zizmor: ['unpinned-uses'] },
  'archived-action': { zizmor: ['archived-uses', 'superfluous-actions'] },
  'floating-tool': { zizmor: ['unpinned-tools'] },
  'template-injection': { actionlint: ['expression'], zizmor: ['template-injection'] },
  'release-cache': { zizmor: ['cache-poisoning'] },
  'broad-permissions': { actionlint: ['permissions'], zizmor: ['excessive-permissions'] },
}

interface Tools {
  actionlint: string
  zizmor: string
}

/** How many of the fixtures that a rule finds something in, and of those that only look alike, another tells of. */
function counted(all: { one: RuleCase; kinds: Set<string> }[], rule: string, wanted: string[] | undefined): string {
  const mine = all.filter(({ one }) => one.rule === rule)
  const of = (list: typeof mine): number =>
    list.filter(({ kinds }) => wanted?.some((kind) => kinds.has(kind)) === true).length
  const bad = mine.filter(({ one }) => one.finds !== undefined)
  const good = mine.filter(({ one }) => one.finds === undefined)
  if (of(bad) === 0) return '–'
  return `${of(bad)} of ${bad.length}${of(good) === 0 ? '' : `, and ${of(good)} of ${good.length} that are right`}`
}

/** The table of docs/audit.md, as Markdown. */
export async function othersTable(tools: Tools): Promise<string> {
  const first: { one: RuleCase; kinds: Set<string> }[] = []
  const second: typeof first = []
  for (const one of CASES) {
    first.push({ one, kinds: kindsOf(await said(one, (cwd) => actionlint(tools.actionlint, cwd))) })
    second.push({ one, kinds: kindsOf(await said(one, (cwd) => zizmor(tools.zizmor, cwd))) })
  }
  const rows = RULES.map(({ id }) => ({
    id,
    cases: CASES.filter((one) => one.rule === id && one.finds !== undefined).length,
    one: counted(first, id, SAME[id]?.actionlint),
    two: counted(second, id, SAME[id]?.zizmor),
  }))
  const ours = rows.filter((row) => row.one === '–' && row.two === '–').length
  const versions = await Promise.all(
    [tools.actionlint, tools.zizmor].map(async (tool) => (await run([tool, '--version'])).stdout.split('\n')[0] ?? ''),
  )
  const theirs = (all: typeof first, key: 'actionlint' | 'zizmor'): string => {
    const known = new Set(Object.values(SAME).flatMap((same) => same[key] ?? []))
    const kinds = new Set(all.flatMap(({ kinds: found }) => [...found]).filter((kind) => !known.has(kind)))
    return [...kinds].sort().join(', ') || 'nothing'
  }
  return [
    `Of ${RULES.length} rules, ${ours} find what neither actionlint ${versions[0]} nor ${versions[1]} finds. What they find on the same fixtures and no rule of ours looks for: actionlint: ${theirs(first, 'actionlint')}; zizmor: ${theirs(second, 'zizmor')}.`,
    '',
    '| rule | fixtures with a finding | actionlint finds | zizmor finds |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.id} | ${row.cases} | ${row.one} | ${row.two} |`),
  ].join('\n')
}

function kindsOf(found: Said[]): Set<string> {
  return new Set(found.map((one) => one.kind))
}

/** docs/rules.md, as Markdown. */
export function rulesPage(): string {
  return [
    '# The rules of `tagonce audit`',
    '',
    'Generated from the rules themselves: `UPDATE=1 npx vitest run src/audit/docs.test.ts`.',
    '',
    'A rule is silenced in `tagonce.yaml` by its name, with a reason (see [audit.md](audit.md#silence-a-rule)).',
    '',
    '| rule | severity | what it finds |',
    '|---|---|---|',
    ...RULES.map((one) => `| \`${one.id}\` | ${one.severity} | ${one.summary.replaceAll('|', '\\|')} |`),
    '| `silence` | error | A rule is silenced without a reason, no rule has that name, or it silences nothing. |',
    '',
    'Some rules lower the severity of a single finding: where a mistake is likely but depends on what somebody types, it is a warning.',
    '',
  ].join('\n')
}
