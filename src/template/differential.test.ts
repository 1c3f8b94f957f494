import { sample } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { goreleaserFunctions, render, TemplateError } from './template.ts'
import type { Answer } from './testdata/judge.ts'
import { hasGo, judge } from './testdata/judge.ts'
import { fixed } from './testdata/fixed.ts'
import { actions, printfs, regexps, soups, templates, times, typed } from './testdata/grammar.ts'
import { data } from './testdata/words.ts'

const seed = Number(process.env['TEMPLATE_SEED'] ?? 20260728)
const functions = goreleaserFunctions({
  readFile() {
    throw new Error('no files here')
  },
  env: { FOO: 'bar', EMPTY: '' },
  cwd: '/cwd',
  now: new Date(1785200523 * 1000),
})

function ours(template: string): Answer {
  try {
    return { output: render(template, data, functions) }
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message }
    throw new Error(`${JSON.stringify(template)} breaks the engine`, { cause: error })
  }
}

/** Renders all with real Go and with ours; what differs, in words. */
function differences(cases: readonly string[]): { failing: number; wrong: string[] } {
  const answers = judge(cases.map((template) => ({ template, data })))
  const wrong: string[] = []
  cases.forEach((template, index) => {
    const go = answers[index] as Answer
    const mine = ours(template)
    // Go's slice (not its index) refuses a position straight out of a map of anything; ours takes it.
    if ('error' in go && go.error.includes('slice/array with type interface {}')) return
    // Ours has limits; a generated template that doubles a text in a loop may meet them.
    if ('output' in go && go.output.length > 1_000_000) return
    const same = 'output' in go ? 'output' in mine && go.output === mine.output : 'error' in mine
    if (!same) wrong.push(`${JSON.stringify(template)}\n  Go:   ${JSON.stringify(go)}\n  ours: ${JSON.stringify(mine)}`)
  })
  return { failing: answers.filter((answer) => 'error' in answer).length, wrong }
}

if (!hasGo()) console.warn('skipped: there is no Go to compare templates with')

describe.skipIf(!hasGo())('beside real Go', () => {
  it(`${fixed.length} fixed cases: equal in output and in failing`, () => {
    const { failing, wrong } = differences(fixed)
    console.log(`${fixed.length} fixed cases compared with Go, ${failing} of them fail, ${wrong.length} differ`)
    expect(wrong.join('\n')).toBe('')
  })

  it.each([
    ['templates whose types fit', typed, 5000],
    ['templates of all kinds', templates, 3000],
    ['soups of tokens', soups, 1000],
    ['actions of tokens', actions, 1500],
    ['printf', printfs, 2500],
    ['layouts of time', times, 1000],
    ['regular expressions', regexps, 2000],
  ])('%s: equal in output and in failing', (name, grammar, count) => {
    const cases = sample(grammar, { seed, numRuns: count })
    const { failing, wrong } = differences(cases)
    console.log(`${name}: ${count} compared with Go (seed ${seed}), ${failing} of them fail, ${wrong.length} differ`)
    expect(wrong.slice(0, 10).join('\n')).toBe('')
    expect(failing).toBeLessThan(count)
  })
})
