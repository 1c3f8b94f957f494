import { assert, array, property, string, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitCommand } from './shell-words.ts'

// What go-shellwords (the parser of GoReleaser v2.16.0) gives, run on the same lines.
describe('splitCommand', () => {
  it.each([
    ['go mod tidy', ['go', 'mod', 'tidy']],
    ['  a\tb\n c ', ['a', 'b', 'c']],
    ['go build -ldflags "-s -w"', ['go', 'build', '-ldflags', '-s -w']],
    [`sh -c 'echo "$HOME" && ls'`, ['sh', '-c', 'echo "$HOME" && ls']],
    ['a""b \'\' ""', ['ab', '', '']],
    ['a\\ b "c\\"d" \'e\\f\'', ['a b', 'c"d', 'e\\f']],
    ['x\\ty', ['x\ty']],
    ['echo $(git describe --tags) `date -u`', ['echo', '$(git describe --tags)', '`date -u`']],
    ['', []],
  ])('%j', (line, argv) => expect(splitCommand(line)).toEqual({ argv }))

  it.each([
    ['echo a | tee x', ['echo', 'a'], '| tee x'],
    ['make; rm -rf /', ['make'], '; rm -rf /'],
    ['cmd 2>/dev/null', ['cmd'], '>/dev/null'],
    ['a&&b', ['a'], '&&b'],
  ])('stops where a shell would be needed: %j', (line, argv, cut) => expect(splitCommand(line)).toEqual({ argv, cut }))

  it.each(['"open', "it's", 'a (b)', 'a)', 'end\\', '$(open', '`open'])('refuses %j', (line) =>
    expect(splitCommand(line)).toBeUndefined(),
  )

  it('gives back whatever was quoted', () => {
    const quote = (word: string): string => `'${word.replaceAll("'", `'"'"'`)}'`
    assert(
      property(array(string()), (words) => {
        expect(splitCommand(words.map((one) => quote(one)).join(' '))).toEqual({ argv: words })
      }),
    )
  })

  it('never runs on: any line is split or refused', () => {
    assert(property(stringMatching(/^[ab"'`$()\\;|<> 2]{0,20}$/), (line) => void splitCommand(line)))
  })
})
