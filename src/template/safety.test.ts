import { describe, expect, it } from 'vitest'
import { func, goreleaserFunctions, parse, render, TemplateError } from './template.ts'

const functions = goreleaserFunctions({ readFile: () => Buffer.from('secret'), env: {}, cwd: '/' })

function message(template: string, data: Record<string, unknown> = {}): string {
  try {
    return `rendered: ${render(template, data, functions)}`
  } catch (error) {
    if (error instanceof TemplateError) return error.message
    throw error
  }
}

describe('a template reaches nothing but its data', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'not %s',
    (name) => {
      const data = { Map: { a: 'b' }, List: ['x'], Str: 's' }
      for (const base of ['', '.Map', '$', '.List', '.Str']) {
        expect(message(`{{ ${base}.${name} }}`, data)).toMatch(/^there is no /)
      }
      expect(message(`{{ index .Map "${name}" }}`, data)).toBe('rendered: ')
      expect(message(`{{ index . "${name}" }}`, data)).toBe('rendered: <no value>')
      expect(message(`{{ indexOrDefault .Map "${name}" "none" }}`, data)).toBe('rendered: none')
      expect(message(`{{ envOrDefault "${name}" "none" }}`)).toBe('rendered: none')
      expect(message(`{{ ${name} }}`)).toMatch(/^there is no function/)
      expect(message(`{{ (map "${name}" "own").${name} }}`)).toBe('rendered: own')
      expect(message(`{{ printf "%${name}" 1 }}`)).toMatch(/^rendered: /)
      expect(message(`{{ "x" | time | len }}{{ .Map.${name} }}`, data)).toMatch(/^there is no /)
    },
  )

  it('not getters, symbols, hidden and inherited properties', () => {
    let called = false
    const odd: Record<string, unknown> = {}
    Object.defineProperty(odd, 'Getter', {
      enumerable: true,
      get() {
        called = true
        return 'x'
      },
    })
    Object.defineProperty(odd, 'Hidden', { enumerable: false, value: 'x' })
    Object.defineProperty(odd, Symbol('Symbol'), { enumerable: true, value: 'x' })
    for (const name of ['Getter', 'Hidden', 'Symbol'])
      expect(message(`{{ .Odd.${name} }}`, { Odd: odd })).toMatch(/^there is no /)
    expect(message('{{ .Odd }}{{ len .Odd }}{{ range .Odd }}x{{ end }}', { Odd: odd })).toBe('rendered: map[]0')
    expect(message('{{ .Heir.Given }}', { Heir: Object.create({ Given: 'x' }) as unknown })).toContain('cannot use')
    expect(called).toBe(false)
  })

  it.each([
    ['a function', () => 'x'],
    ['a date', new Date(0)],
    ['bytes', Buffer.from('x')],
    ['a Map', new Map([['a', 'b']])],
    ['a URL', new URL('https://example.com')],
    ['a symbol', Symbol('x')],
    ['a promise', Promise.resolve('x')],
  ])('not %s in the data', (_, host) => {
    for (const template of [
      '{{ .Host }}',
      '{{ .Host.then }}',
      '{{ call .Host }}',
      '{{ range .Host }}{{ end }}',
      '{{ print . }}',
    ]) {
      expect(message(template, { Host: host })).toContain('templates cannot use')
    }
  })

  it('leaves the data as it was', () => {
    const data = Object.freeze({ List: Object.freeze(['a', '', 'b']), Map: Object.freeze({ k: 'v' }) })
    render(
      '{{ $x := .List }}{{ $x = list "z" }}{{ englishJoin .List }}{{ range $k, $v := .Map }}{{ $v }}{{ end }}',
      data,
      functions,
    )
    expect(data).toEqual({ List: ['a', '', 'b'], Map: { k: 'v' } })
  })
})

describe('a template ends soon, within little memory', () => {
  const doubling = '{{ $x := "0123456789" }}{{ range 99 }}{{ $x = print $x $x }}{{ end }}'
  it.each([
    ['an endless loop', '{{ range 9223372036854775807 }}{{ end }}', /more than 1000000 steps/],
    ['loops in loops', '{{ range 100000 }}{{ range 100000 }}{{ end }}{{ end }}', /more than 1000000 steps/],
    [
      'a template that calls itself',
      '{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}',
      /more than 200 deep/,
    ],
    [
      'branches in templates that call themselves',
      `{{ define "a" }}${'{{ if 1 }}'.repeat(150)}{{ template "a" }}${'{{ end }}'.repeat(150)}{{ end }}{{ template "a" }}`,
      /more than 1000 deep/,
    ],
    ['a long pattern', '{{ filter "x" (printf "%01000000d" 1) }}', /more than 20000 characters/],
    [
      'a format of brackets',
      '{{ $x := printf (replace (printf "%0900000d" 0) "0" "%[") 1 }}',
      /grows beyond|^rendered: $/,
    ],
    ['titles of long texts', '{{ $x := printf "%04000d" 1 }}{{ range 100000 }}{{ $y := title $x }}{{ end }}', /steps/],
    ['a text that doubles', doubling, /grows beyond|more than 1000000 steps/],
    [
      'doubling by printf',
      doubling.replace('print $x $x', 'printf "%s%s" $x $x'),
      /grows beyond|more than 1000000 steps/,
    ],
    [
      'doubling by replace',
      doubling.replace('print $x $x', 'replace $x "0" $x'),
      /grows beyond|more than 1000000 steps/,
    ],
    ['replacing nothing', '{{ $x := printf "%1000000d" 1 }}{{ replace $x "" $x }}', /grows beyond/],
    ['many wide numbers', `{{ printf "${'%1000000d'.repeat(50)}" ${'1 '.repeat(50)} }}`, /grows beyond/],
    ['a long output', '{{ $x := printf "%1000000d" 1 }}{{ range 99 }}{{ $x }}{{ end }}', /grows beyond/],
    ['deep parentheses', `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`, /nested more than 200 deep/],
    ['deep branches', '{{ if 1 }}'.repeat(5000) + '{{ end }}'.repeat(5000), /nested more than 200 deep/],
    ['many else ifs', `{{ if 0 }}${'{{ else if 0 }}'.repeat(5000)}{{ end }}`, /nested more than 200 deep/],
    ['a slow pattern', '{{ filter (printf "%0100000d" 1) "(0*)*1(0*)*x" }}', /^rendered: $/],
    ['a large pattern', '{{ filter "x" "((((a{10}){10}){10}){10}){10}" }}', /repeats more than 1000 times/],
    ['a deep pattern', `{{ filter "x" "${'('.repeat(5000)}a${')'.repeat(5000)}" }}`, /nested too deep/],
    [
      'many slow patterns',
      '{{ range 1000 }}{{ $x := filter (printf "%0100000d" 1) "(0*)*1(0*)*x" }}{{ end }}',
      /steps/,
    ],
    ['many files', '{{ range 100000 }}{{ $x := readFile "x" }}{{ end }}', /more than 1000000 steps/],
    ['a pattern on much text', '{{ filter (printf "%01000000d" 1) "(0|00|000|0000){900}x" }}', /takes too long/],
  ])('%s', (_, template, expected) => {
    const start = performance.now()
    const before = process.memoryUsage().rss
    expect(message(template)).toMatch(expected)
    expect(performance.now() - start).toBeLessThan(30_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(1_000_000_000)
  })

  it('data in a circle', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    expect(message('{{ . }}', circle)).toMatch(/nested more than 100 deep/)
    expect(message('{{ .self.self.self | len }}', circle)).toBe('rendered: 1')
  })

  it('data that prints without end', () => {
    let wide: unknown = 'x'.repeat(100)
    for (let level = 0; level < 40; level++) wide = [wide, wide]
    expect(message('{{ .Wide }}', { Wide: wide })).toMatch(/too large to print/)
  })

  it('an error of a function becomes one of the template', () => {
    const breaks = func([], () => {
      throw new Error('broken')
    })
    expect(() => render(parse('{{ breaks }}'), {}, { breaks })).toThrow(
      new TemplateError('breaks: broken', '{{ breaks }}', 3),
    )
  })
})
