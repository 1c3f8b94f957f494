import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compilePattern, filter, matchList } from './patterns.ts'

// docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
const SHEET = 'Workflow syntax, "Filter pattern cheat sheet"'
const REFS = 'Workflow syntax, "Patterns to match branches and tags"'
const PATHS = 'Workflow syntax, "Patterns to match file paths"'
const TAGS = 'Workflow syntax, "on.push.<branches|tags|branches-ignore|tags-ignore>"'

/** Where it stands in the documentation, the patterns in order, what they match, what they do not. */
const TABLE: [doc: string, patterns: string, matches: string[], misses: string[]][] = [
  [REFS, 'feature/*', ['feature/my-branch', 'feature/your-branch'], ['feature', 'feature/a/b', 'my/feature/a']],
  [
    REFS,
    'feature/**',
    ['feature/beta-a/my-branch', 'feature/your-branch', 'feature/mona/the/octocat'],
    ['feature', 'features/a'],
  ],
  [REFS, 'main', ['main'], ['Main', 'main2', 'a/main', 'mai']],
  [REFS, 'releases/mona-the-octocat', ['releases/mona-the-octocat'], ['releases/mona']],
  [REFS, '*', ['main', 'releases'], ['a/b', 'releases/1']],
  [REFS, '**', ['all/the/branches', 'every/tag', 'main'], []],
  [REFS, '*feature', ['mona-feature', 'feature', 'ver-10-feature'], ['feature-1', 'a/feature']],
  [REFS, 'v2*', ['v2', 'v2.0', 'v2.9'], ['v1', 'v2/a', 'xv2']],
  [REFS, 'v[12].[0-9]+.[0-9]+', ['v1.10.1', 'v2.0.0'], ['v3.0.0', 'v1.0', 'v1.0.0-rc1', 'v12.0.0', 'v1.0.']],
  [PATHS, '*', ['README.md', 'server.rb'], ['docs/a.md']],
  [PATHS, '*.jsx?', ['page.js', 'page.jsx'], ['page.jsxx', 'a/page.js', 'page.j']],
  [PATHS, '**', ['all/the/files.md', 'README.md'], []],
  [PATHS, '*.js', ['app.js', 'index.js'], ['js/index.js', 'app.jsx']],
  [PATHS, '**.js', ['index.js', 'js/index.js', 'src/js/app.js'], ['index.jsx']],
  [PATHS, 'docs/*', ['docs/README.md', 'docs/file.txt'], ['docs/a/b', 'docs']],
  [PATHS, 'docs/**', ['docs/README.md', 'docs/mona/octocat.txt'], ['docs', 'a/docs/b']],
  [
    PATHS,
    'docs/**/*.md',
    ['docs/README.md', 'docs/mona/hello-world.md', 'docs/a/markdown/file.md'],
    ['docs/a.txt', 'a/docs/b.md'],
  ],
  [PATHS, '**/docs/**', ['docs/hello.md', 'dir/docs/my-file.txt', 'space/docs/plan/space.doc'], ['mydocs/a', 'docs']],
  [PATHS, '**/README.md', ['README.md', 'js/README.md'], ['README.md/a', 'xREADME.md']],
  [PATHS, '**/*src/**', ['a/src/app.js', 'my-src/code/js/app.js'], ['src', 'srcs/a']],
  [PATHS, '**/*-post.md', ['my-post.md', 'path/their-post.md'], ['post.md', 'my-post.mdx']],
  [
    PATHS,
    '**/migrate-*.sql',
    ['migrate-10909.sql', 'db/migrate-v1.0.sql', 'db/sept/migrate-v1.sql'],
    ['migrate-.sq', 'db/migrate-a/b.sql'],
  ],
  [PATHS, '*.md !README.md', ['hello.md'], ['README.md', 'docs/hello.md']],
  [PATHS, '*.md !README.md README*', ['hello.md', 'README.md', 'README.doc'], ['docs/README.md']],
  [SHEET, 'Octo*', ['Octocat', 'Octo'], ['octo', 'Octo/cat']],
  [SHEET, 'a?b', ['ab', 'b'], ['aab', 'acb']],
  [SHEET, 'a+b', ['ab', 'aaab'], ['b']],
  [SHEET, '[CB]at', ['Cat', 'Bat'], ['Rat', 'cat', 'CBat']],
  [SHEET, '[1-2]00', ['100', '200'], ['300', '1-200']],
  [SHEET, '[a-z]+', ['abc'], ['', 'aBc', 'a1']],
  [SHEET, '[0-9]?x', ['x', '1x'], ['12x']],
  [SHEET, 'v1.0', ['v1.0'], ['v1x0']],
  [SHEET, '\\!important', ['!important'], ['important']],
  [SHEET, '\\*', ['*'], ['a']],
  [SHEET, 'a\\?', ['a?'], ['a', '']],
  [SHEET, 'a-b.c_d', ['a-b.c_d'], ['a-bxc_d']],
  [SHEET, '(a|b)', ['(a|b)'], ['a', 'b']],
  [SHEET, 'a^$b', ['a^$b'], ['ab']],
  [SHEET, 'naïve-é', ['naïve-é'], ['naive-e']],
  [TAGS, 'v*', ['v1.0.0', 'vv1.0.47', 'v2.0.1-test', 'v'], ['airo-tv-v1', 'V1', 'v1/a', '1.0.0']],
  [TAGS, 'v** !v*-test', ['v1.0.0', 'v1/a'], ['v1.0.0-test']],
  [TAGS, '!v*-test v**', ['v1.0.0', 'v1.0.0-test'], []],
  [TAGS, 'v* !v1* v1.2*', ['v2', 'v1.2.3'], ['v1.1', 'v1']],
  [TAGS, 'v[0-9]+.[0-9]+.[0-9]+ v[0-9]+.[0-9]+.[0-9]+-*', ['v1.2.3', 'v10.0.0-rc.1'], ['v1.2', 'vv1.2.3', 'v1.2.3+a']],
  [TAGS, '** !*/**', ['main'], ['a/b']],
]

const CASES = TABLE.flatMap(([doc, patterns, matches, misses]) => [
  ...matches.map((name) => [doc, patterns, name, true] as const),
  ...misses.map((name) => [doc, patterns, name, false] as const),
])

describe('filter patterns', () => {
  test.each(CASES)('%s: [%s] on %s → %s', (_, patterns, name, expected) => {
    expect(matchList(patterns.split(' '), name).matches).toBe(expected)
  })

  test('there are enough of them', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(150)
  })

  test.each([
    ['', 'empty'],
    ['!', 'empty'],
    ['[a', 'unclosed-bracket'],
    ['[]', 'empty'],
    ['?a', 'nothing-to-repeat'],
    ['*+', 'nothing-to-repeat'],
    ['a++', 'nothing-to-repeat'],
    ['[z-a]', 'bad-range'],
    ['[a-Z]', 'bad-range'],
    ['a\\', 'trailing-backslash'],
  ])('%s is no pattern: %s', (text, problem) => {
    expect(compilePattern(text)).toEqual({ problem })
  })

  test('what -ignore matches is left out, and no filter takes everything', () => {
    expect(filter(undefined, ['v*-test'], 'v1-test').matches).toBe(false)
    expect(filter(undefined, ['v*-test'], 'v1').matches).toBe(true)
    expect(filter(undefined, undefined, 'v1').matches).toBe(true)
  })

  test('any text is a pattern or a problem, and answers in no time', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: fc.constantFrom(...Array.from('ab*?+[]!\\/-.0z')) }),
        fc.string({ maxLength: 60, unit: fc.constantFrom(...Array.from('ab/-.0')) }),
        (text, name) => {
          const pattern = compilePattern(text)
          if ('problem' in pattern) return
          const start = performance.now()
          pattern.matches(name)
          expect(performance.now() - start).toBeLessThan(500)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('a name that is written out matches itself only', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string(), (name, other) => {
        const escaped = name.replaceAll(/[\\*?+[\]!]/g, '\\$&')
        const pattern = compilePattern(escaped)
        if ('problem' in pattern) throw new Error(pattern.problem)
        expect(pattern.matches(name)).toBe(true)
        expect(pattern.matches(other)).toBe(other === name)
      }),
    )
  })
})
