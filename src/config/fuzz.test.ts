import { readFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fixConfig } from './fix/fix.ts'
import { readFiles } from './testing/read.ts'

test('whatever stands in the file, there is an answer with places that are in it', async () => {
  const plan = await readFile(new URL('testdata/deployment-plan.yaml', import.meta.url), 'utf8')
  const noise = fc.oneof(
    fc.constantFrom(
      '\t',
      '  ',
      '- ',
      ': ',
      '[',
      '}',
      '"',
      "'",
      '&a ',
      '*a',
      '<<: *a\n',
      '|\n',
      '---\n',
      '\u2028',
      '#',
      '\r\n',
    ),
    fc.constantFrom('{{', '}}', '!!int ', '? ', '~', '0644', '\u0000', '\uFEFF', '😀', 'format: [', 'build:\n'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  )
  const edit = fc.tuple(fc.nat(plan.length), fc.nat(6), noise)
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
      let text = plan
      for (const [at, drop, put] of edits) text = text.slice(0, at) + put + text.slice(at + drop)
      const loaded = await readFiles(text)
      const rows = text.split('\n')
      for (const { where, severity } of loaded.diagnostics) {
        expect(['error', 'warning', 'info']).toContain(severity)
        expect(where?.file).toBe('.goreleaser.yaml')
        expect(where?.line).toBeGreaterThan(0)
        expect(where?.line).toBeLessThanOrEqual(rows.length)
        expect(where?.column).toBeGreaterThan(0)
        expect(where?.column).toBeLessThanOrEqual((rows[(where?.line ?? 1) - 1] ?? '').length + 2)
      }
      const fixed = fixConfig(text).text
      expect(fixConfig(fixed).text).toBe(fixed)
    }),
    { numRuns: 300 },
  )
})

test('bytes that are no text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      const loaded = await readFiles({ '.goreleaser.yaml': bytes })
      expect(loaded.file).toBe('.goreleaser.yaml')
    }),
    { numRuns: 200 },
  )
})
