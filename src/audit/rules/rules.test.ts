import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { auditRepository } from '../audit.ts'
import { audited } from '../testing/audited.ts'
import { CASES } from '../testing/cases/cases.ts'
import { repositoryIn } from '../testing/repository.ts'
import { RULES } from './rules.ts'

test.each(CASES.map((one) => [`${one.rule}: ${one.name}`, one] as const))('%s', async (_, one) => {
  const { findings } = await audited(one)
  const found = findings.filter((finding) => finding.rule === one.rule)
  if (one.finds === undefined) {
    expect(found.map((finding) => finding.message)).toEqual([])
    return
  }
  const matching = found.filter((finding) => one.finds?.test(finding.message))
  expect(matching, found.map((finding) => finding.message).join('\n') || 'nothing was found').not.toEqual([])
  const [first] = matching
  if (one.at !== undefined) expect(matching.map(({ where }) => `${where.file}:${where.line}`)).toContain(one.at)
  if (one.severity !== undefined) expect(first?.severity).toBe(one.severity)
  expect(first?.mend).not.toBe('')
})

test('every rule has a finding and a non-finding, a name of its own and a summary', () => {
  expect(new Set(RULES.map((rule) => rule.id)).size).toBe(RULES.length)
  for (const { id, summary } of RULES) {
    expect(summary, id).toMatch(/\.$/)
    const mine = CASES.filter((one) => one.rule === id)
    expect(
      mine.some((one) => one.finds === undefined),
      `${id}: no non-finding`,
    ).toBe(true)
    if (id !== 'shallow-clone')
      expect(
        mine.some((one) => one.finds !== undefined),
        `${id}: no finding`,
      ).toBe(true)
  }
})

test('a shallow clone is told', async () => {
  await using folder = await tempFolder('audit')
  const repository = repositoryIn(`${folder.path}/whole`)
  repository.commit('one')
  repository.commit('two')
  repository.git('clone', '-q', '--depth=1', `file://${folder.path}/whole`, `${folder.path}/shallow`)
  const { findings } = await auditRepository({
    root: `${folder.path}/shallow`,
    env: process.env,
    signal: new AbortController().signal,
  })
  expect(findings.map((one) => one.rule)).toContain('shallow-clone')
})
