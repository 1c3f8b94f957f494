import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import * as fc from 'fast-check'
import { goYaml, sortedMap } from './go-yaml.ts'

describe('YAML as Go writes it', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['1.2', '"1.2"'],
    ['', '""'],
    ['true', '"true"'],
    ['no', '"no"'],
    ['2026-01-02', '"2026-01-02"'],
    ['2026-13-02', '2026-13-02'],
    ['0x1f', '"0x1f"'],
    ['12:30', '"12:30"'],
    ['a: b', "'a: b'"],
    ["it's", "it's"],
    ["'tis", "'''tis'"],
    ['a #b', "'a #b'"],
    ['a#b', 'a#b'],
    [' a', "' a'"],
    ['a\tb', '"a\\tb"'],
    ['\u{1f600}', '"\\U0001F600"'],
    ['é', 'é'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n', '|\n  a'],
    ['a\n\n', '|+\n  a\n'],
    ['\na', '|2-\n\n  a'],
    ['a \nb', '"a \\nb"'],
  ])('%j is written as %s', (text, written) => {
    expect(goYaml({ k: text })).toBe(`k: ${written}\n`)
  })

  it('nests lists and mappings with two spaces', () => {
    expect(goYaml({ a: [{ b: 'c', d: ['e'] }, 'f'], g: {}, h: [] })).toBe(
      'a:\n  - b: c\n    d:\n      - e\n  - f\ng: {}\nh: []\n',
    )
  })

  it('sorts the keys of a map by the numbers in them', () => {
    expect(Object.keys(sortedMap({ a10: 1, a9: 2, b: 3, 'a-b': 4 }))).toEqual(['a-b', 'a9', 'a10', 'b'])
  })

  it('is read back as what it was', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '\n', ':', '#', '-', "'", '"', '1', '\t', '\\', 'é', '.'),
    })
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 3 }), (one, list) => {
        expect(parse(goYaml({ one, list, in: { list: [{ one }] } }))).toEqual({ one, list, in: { list: [{ one }] } })
      }),
      { numRuns: 500 },
    )
  })
})
