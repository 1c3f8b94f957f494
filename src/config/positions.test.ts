import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Document, Scalar } from 'yaml'
import { positionInValue } from './positions.ts'
import { readFiles } from './testing/read.ts'

async function characterAt(text: string, offset: number): Promise<string> {
  const loaded = await readFiles(text)
  const where = positionInValue(loaded, ['project_name'], offset)
  const line = text.split('\n')[(where?.line ?? 0) - 1] ?? ''
  return line.slice((where?.column ?? 0) - 1).slice(0, 2)
}

test('through plain, quoted, folded and literal texts', async () => {
  const cases: [yaml: string, value: string, wanted: string][] = [
    ['project_name: ab XY', 'ab XY', 'XY'],
    ['project_name: ab\n  cd XY', 'ab cd XY', 'XY'],
    ["project_name: 'it''s XY'", "it's XY", 'XY'],
    [String.raw`project_name: "a\n\x41\u0042\"XY"`, 'a\nAB"XY', 'XY'],
    ['project_name: "ab \\\n   cd XY"', 'ab cd XY', 'XY'],
    ['project_name: |\n    ab\n      cd XY\n', 'ab\n  cd XY\n', 'XY'],
    ['project_name: |-\n\n  ab\n\n  XY', '\nab\n\nXY', 'XY'],
    ['project_name: >-\n  ab\n  cd\n\n  XY', 'ab cd\nXY', 'XY'],
    ['project_name: >\n  ab\n    more\n  XY', 'ab\n  more\nXY\n', 'XY'],
  ]
  for (const [yaml, value, wanted] of cases) {
    const loaded = await readFiles(yaml)
    expect(loaded.config.project_name).toBe(value)
    expect([yaml, await characterAt(yaml, value.indexOf('XY'))]).toEqual([yaml, wanted])
  }
})

test('a word of a text that is split', async () => {
  const loaded = await readFiles('version: 2\nbuilds:\n  - flags: -a  -tags=x\n')
  expect(positionInValue(loaded, ['builds', 0, 'flags', 1], 6)).toMatchObject({ line: 3, column: 22 })
})

test('a value that stands in no file is near what is around it', async () => {
  const loaded = await readFiles('version: 2\nbuilds:\n  - id: a\n')
  expect(positionInValue(loaded, ['builds', 0, 'main'], 2)).toMatchObject({ line: 3, column: 5 })
})

test('the character of the value is the character of the file, however it is written', async () => {
  const word = fc.stringMatching(/^[A-Za-z][A-Za-z'":{}. \n]{0,40}[A-Za-z]$/)
  const style = fc.constantFrom(Scalar.QUOTE_DOUBLE, Scalar.QUOTE_SINGLE, Scalar.BLOCK_LITERAL, Scalar.BLOCK_FOLDED)
  await fc.assert(
    fc.asyncProperty(word, style, fc.nat(), async (value, type, seed) => {
      const scalar = new Scalar(value)
      scalar.type = type
      const document = new Document({})
      document.set('project_name', scalar)
      const text = document.toString({ lineWidth: 20, minContentWidth: 0 })
      const loaded = await readFiles(text)
      expect(loaded.config.project_name).toBe(value)
      const visible = [...value.matchAll(/[A-Za-z{}.:]/g)]
      const chosen = visible[seed % Math.max(1, visible.length)]
      const there = chosen === undefined ? '' : (await characterAt(text, chosen.index)).charAt(0)
      expect(there).toBe(chosen?.[0] ?? '')
    }),
    { numRuns: 150 },
  )
})
