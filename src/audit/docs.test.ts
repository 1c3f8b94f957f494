import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findTool, othersTable, rulesPage } from './testing/others.ts'

const docs = join(import.meta.dirname, '../../docs')
const update = process.env['UPDATE'] === '1'
const BEGIN = '<!-- generated: what the others find -->'
const END = '<!-- end -->'

test('docs/rules.md lists the rules as they are', () => {
  const file = join(docs, 'rules.md')
  if (update) writeFileSync(file, rulesPage())
  expect(readFileSync(file, 'utf8')).toBe(rulesPage())
})

const actionlint = findTool('ACTIONLINT', 'actionlint')
const zizmor = findTool('ZIZMOR', 'zizmor')
if (actionlint === undefined || zizmor === undefined)
  console.log(
    'skipped: actionlint and zizmor are not both here (ACTIONLINT, ZIZMOR), so docs/audit.md is not held against them',
  )

test.skipIf(actionlint === undefined || zizmor === undefined)(
  'docs/audit.md says what actionlint and zizmor find of our fixtures',
  async () => {
    const table = await othersTable({ actionlint: actionlint ?? '', zizmor: zizmor ?? '' })
    const file = join(docs, 'audit.md')
    const text = readFileSync(file, 'utf8')
    const [before = '', rest = ''] = text.split(BEGIN)
    const wanted = `${before}${BEGIN}\n\n${table}\n\n${END}${rest.split(END)[1] ?? ''}`
    if (update) writeFileSync(file, wanted)
    expect(readFileSync(file, 'utf8')).toBe(wanted)
  },
)
