import { describe, expect, it } from 'vitest'
import { goreleaserFunctions, parse, render, TemplateError } from './template.ts'

const functions = goreleaserFunctions({
  readFile() {
    throw new Error('no such file')
  },
  env: {},
  cwd: '/',
})
const data = { Tag: 'v1', Version: '1', Env: { FOO: 'x', BAR: 'y' }, Major: 1, List: ['a'], Nil: null }

function failure(template: string): TemplateError {
  try {
    render(template, data, functions)
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error(`${template} does not fail`)
}

describe('errors say where and what there was to choose from', () => {
  it.each([
    ['{{ .Tga }}', 1, 4, 'there is no .Tga here', ['Tag', 'Version', 'Env', 'Major', 'List', 'Nil']],
    ['a\nb {{ .Env.FOX }}', 2, 10, 'there is no .FOX in .Env', ['FOO', 'BAR']],
    ['{{ $t := .Tag }}{{ $u }}', 1, 20, 'there is no variable $u here', ['$', '$t']],
    ['{{ template "x" }}', 1, 4, 'there is no template "x"', ['tmpl']],
    ['{{ .Tag.Nope }}', 1, 8, 'there is no .Nope in .Tag: it is of type string', []],
    ['{{ .Nil.X }}', 1, 8, 'there is no .X in .Nil: it is nil', []],
    ['{{ if .Tag }}x', 1, 4, 'this if has no {{ end }}', []],
    ['x {{ .Tag', 1, 3, 'this {{ is never closed by }}', []],
    ['{{ (.Tag }}', 1, 4, 'this ( is never closed', []],
    ['{{ .Tag ) }}', 1, 9, 'this ) closes nothing', []],
    ['{{ "x }}', 1, 4, 'this string is never closed by "', []],
    ['{{ "\\q" }}', 1, 4, 'this string holds an escape that Go does not know', []],
    ['{{ 08 }}', 1, 4, '08 is not a number', []],
    ['{{ 9223372036854775808 }}', 1, 4, '9223372036854775808 is too large for an int', []],
    ['{{ end }}', 1, 1, 'this end belongs to no if, with or range', []],
    ['{{{.Tag}}', 1, 3, '"{" is not expected in the action', []],
    ['{{ break }}', 1, 4, 'a break stands only inside range', []],
    ['{{/* x', 1, 1, 'this comment is never closed by */', []],
    ['{{ replace .Tag "a" }}', 1, 4, 'replace takes 3 arguments, not 2', []],
    ['{{ toupper .Major }}', 1, 12, 'toupper takes a string here, but .Major is of type int', []],
    ['{{ toupper 1 }}', 1, 12, 'toupper takes a string here, not 1', []],
    ['{{ .Major | toupper }}', 1, 13, 'toupper takes a string here, but the value piped in is of type int', []],
    ['{{ eq 1 "1" }}', 1, 4, 'eq: int and string cannot be compared', []],
    ['{{ index .List 3 }}', 1, 4, 'index: position 3 is out of range: the length is 1', []],
    ['{{ incpatch "x" }}', 1, 4, 'incpatch: "x" is no semantic version', []],
    ['{{ mustReadFile "x" }}', 1, 4, 'mustReadFile: no such file', []],
    ['{{ filter .Tag "[a" }}', 1, 4, 'filter: the regular expression "[a" has a [ without a ]', []],
    ['{{ range .Tag }}{{ end }}', 1, 10, 'a range goes over lists, maps and whole numbers, not string', []],
    ['{{ map "a" }}', 1, 4, 'map: map takes keys and values in pairs, not 1 words', []],
  ])('%s', (template, line, column, message, choices) => {
    const error = failure(template)
    expect({ message: error.message, line: error.line, column: error.column }).toEqual({ message, line, column })
    expect(error.choices).toEqual(choices)
    expect(template.slice(0, error.offset).split('\n').at(-1)).toHaveLength(column - 1)
  })

  it('names the functions for an unknown one, whether it would run or not', () => {
    const error = failure('{{ if false }}{{ touper .Tag }}{{ end }}')
    expect(error).toMatchObject({ message: 'there is no function touper', line: 1, column: 18 })
    expect(error.choices).toContain('toupper')
    expect(error.choices).toContain('printf')
  })

  it('names the methods of a time', () => {
    expect(failure('{{ .List.Nope }}').choices).toEqual([])
  })

  it('finds errors of the form when it is parsed', () => {
    expect(() => parse('{{ if }}')).toThrow(TemplateError)
  })

  it('a rendering that fails gives nothing, not the half of it', () => {
    let out = 'untouched'
    expect(() => {
      out = render('half {{ .No }}', {})
    }).toThrow(TemplateError)
    expect(out).toBe('untouched')
  })
})
