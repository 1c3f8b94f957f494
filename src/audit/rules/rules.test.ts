import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { auditRepository } from '../audit.ts'
import { audited } from '../testing/audited.ts'
import { CASES } from '../testing/cases/cases.ts'
import { repositoryIn } from '../testing/repository.ts'
import { RULES } from './rules.ts'

const named = (finds: boolean): (readonly [string, (typeof CASES)[number]])[] =>
  CASES.filter((one) => (one.finds !== undefined) === finds).map((one) => [`${one.rule}: ${one.name}`, one] as const)

test.each(named(true))('%s: found', async (_, one) => {
  const { findings } = await audited(one)
  const found = findings.filter((finding) => finding.rule === one.rule)
  const shown = found.map(({ severity, where, message }) => `${severity} ${where.file}:${where.line} ${message}`)
  const wanted = `^${one.severity ?? '\\w+'} ${one.at?.replaceAll('.', '\\.') ?? '\\S+:\\d+'} .*(${one.finds?.source})`
  expect(shown).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(wanted, 's'))]))
  expect(found.map((finding) => finding.mend)).not.toContain('')
})

test.each(named(false))('%s: looks alike and is right', async (_, one) => {
  const { findings } = await audited(one)
  expect(findings.filter((finding) => finding.rule === one.rule).map((finding) => finding.message)).toEqual([])
})

test('every rule has a name of its own, a summary, a finding and a non-finding', () => {
  const ids = RULES.map((rule) => rule.id)
  expect(new Set(ids).size).toBe(RULES.length)
  expect(RULES.filter(({ summary }) => !summary.endsWith('.'))).toEqual([])
  const without = (finds: boolean): string[] =>
    ids.filter((id) => !CASES.some((one) => one.rule === id && (one.finds !== undefined) === finds))
  expect(without(false)).toEqual([])
  // A clone of a case is never shallow; that has a test of its own.
  expect(without(true)).toEqual(['shallow-clone'])
})

test('a shallow clone is told', async () => {
  await using folder = await tempFolder('audit')
  const repository = repositoryIn(`${folder.path}/whole`)
  repository.commit('one')
  repository.commit('two')
  repository.git('clone', '-q', '--depth=1', `file://${folder.path}/whole`, `${folder.path}/shallow`)
  const signal = new AbortController().signal
  const { findings } = await auditRepository({ root: `${folder.path}/shallow`, env: process.env, signal })
  expect(findings.map((one) => one.rule)).toContain('shallow-clone')
})
