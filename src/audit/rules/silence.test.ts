import { expect, test } from 'vitest'
import { audited } from '../testing/audited.ts'
import { W, workflow } from '../testing/cases/case.ts'
import { toSarif } from './sarif.ts'
import { RULES } from './rules.ts'

const FILES = {
  [W]: workflow('- run: npm publish'),
  '.github/workflows/b.yml': workflow('- run: echo ${{ github.ref_name }}'),
}
const silence = (entries: string): Record<string, string> => ({
  ...FILES,
  'tagonce.yaml': `audit:\n  silence:\n${entries}`,
})

test('a rule that is silenced with a reason stays in the list, with the reason', async () => {
  const { findings } = await audited({ files: silence('    - {rule: rerun-unsafe, reason: we never run it again}\n') })
  expect(findings.find((one) => one.rule === 'rerun-unsafe')?.silenced).toBe('we never run it again')
  expect(findings.filter((one) => one.rule === 'silence')).toEqual([])
})

test('only in one file', async () => {
  const { findings } = await audited({
    files: silence('    - {rule: template-injection, file: .github/workflows/other.yml, reason: r}\n'),
  })
  expect(findings.find((one) => one.rule === 'template-injection')?.silenced).toBeUndefined()
  expect(findings.filter((one) => one.rule === 'silence').map((one) => [one.severity, one.message])).toEqual([
    ['info', 'template-injection finds nothing that this silences'],
  ])
})

test('no reason, an unknown rule', async () => {
  const { findings } = await audited({
    files: silence('    - {rule: rerun-unsafe}\n    - {rule: no-such-rule, reason: r}\n'),
  })
  expect(findings.find((one) => one.rule === 'rerun-unsafe')?.silenced).toBeUndefined()
  expect(
    findings.filter((one) => one.rule === 'silence').map((one) => [one.severity, one.message, one.where.line]),
  ).toEqual([
    ['error', 'rerun-unsafe is silenced without a reason, so it is not', 3],
    ['error', 'there is no rule named "no-such-rule"', 4],
  ])
})

test('SARIF 2.1.0: each result names a rule of the list, and has a place', async () => {
  const { findings } = await audited({ files: silence('    - {rule: rerun-unsafe, reason: r}\n') })
  const sarif = JSON.parse(JSON.stringify(toSarif(findings, '1.2.3'))) as {
    version: string
    runs: {
      tool: { driver: { version: string; rules: { id: string }[] } }
      results: {
        ruleId: string
        ruleIndex: number
        suppressions?: unknown[]
        locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[]
      }[]
    }[]
  }
  expect(sarif.version).toBe('2.1.0')
  const [run] = sarif.runs
  expect(run?.tool.driver.rules).toHaveLength(RULES.length + 1)
  expect(run?.results).toHaveLength(findings.length)
  for (const result of run?.results ?? []) {
    expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId)
    expect(result.locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(0)
  }
  expect(run?.results.filter((one) => one.suppressions !== undefined).map((one) => one.ruleId)).toEqual([
    'rerun-unsafe',
  ])
})
