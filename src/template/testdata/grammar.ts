import fc from 'fast-check'
import { CALLS, FIELDS, LITERALS, data } from './words.ts'

const oneOf = (items: readonly string[]) => fc.constantFrom(...items)
const TEXTS = ['.Str', '.Empty', '.Multi', '.Uni', '.Html', '"v1.2.3"', '"o"', '"a/b//c/../d"', '"/"', '" x "', '.Env.FOO']
const NUMBERS = ['.Int', '.Neg', '.Zero', '.Major', '.Stamp', '.Float', '.Huge', '0', '1', '2', '3', '1.5', '2.0', "'\\n'"]

/** A quoted literal of any text. */
const quoted = (text: string) => JSON.stringify(text).replaceAll(/\\u(d[89a-f]..)/gi, '\\\\u$1')

const VERBS = ['v', 's', 'd', 'q', 'x', 'X', 't', 'T', 'c', 'U', 'b', 'o', 'O', 'e', 'E', 'f', 'F', 'g', 'G', 'z', '%', '!', 'é']
const verb = fc
  .tuple(
    fc.array(oneOf(['+', '-', '#', ' ', '0']), { maxLength: 2 }).map((flags) => flags.join('')),
    oneOf(['', '', '', '', '5', '12', '*', '[1]', '[2]', '[9]', '[x]', '[1']),
    oneOf(['', '', '', '.2', '.0', '.', '.10', '.*', '.[2]*']),
    oneOf(VERBS),
  )
  .map((parts) => `%${parts.join('')}`)
const formats = fc
  .array(fc.oneof(verb, verb, oneOf(['a', '|', ' ', '%', 'ü'])), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(''))

const ELEMENTS =
  '2006 06 01 1 Jan January 02 2 _2 002 __2 Mon Monday 15 03 3 04 4 05 5 PM pm MST -0700 -07:00 -07 -070000 -07:00:00 Z0700 Z07:00 Z07 Z070000 Z07:00:00 .000 .999 ,000000 .9 .0 .00000000000 _2006 Janet Month 0 00 12 20 - : / T Z x _ . ,'.split(
    ' ',
  )
const layouts = fc.array(oneOf([...ELEMENTS, ' ']), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))

const PIECES =
  'a b o . ^ $ * + ? | ( ) [ab] [^a] [a-z] [[:alpha:]] [^[:space:]] [[:nope:]] \\d \\w+ \\s \\b \\. \\n \\x41 \\x{1F600} \\pL \\p{Greek} \\P{Lu} (?i) (?s) (?i:O) (?P<n>a) (?<n>b) (?:x) {2} {1,} {,2} {0,3} {3,1} *? +? ?? ^$ .* l+ hello two \\Q.\\E \\z \\A [ ] [a [] []a] [a-] [z-a] [\\d] [\\w-] \\ { } ü 日 - [+-a] [a-b-c]'.split(
    ' ',
  )
const patterns = fc.array(oneOf(PIECES), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''))

const REPLACEMENTS = ['"$1"', '"${1}x"', '"$1x"', '"<$0>"', '"$n"', '"$$"', '"$"', '"-"', '""']

const { template } = fc.letrec<{
  operand: string
  call: string
  pipe: string
  node: string
  nodes: string
  template: string
}>((tie) => {
  const apt = (letter: string): fc.Arbitrary<string> => {
    const any = tie('operand')
    const mostly = (items: readonly string[]) => fc.oneof({ weight: 8, arbitrary: oneOf(items) }, { weight: 1, arbitrary: any })
    if (letter === 's') return mostly(TEXTS)
    if (letter === 'i') return mostly(NUMBERS)
    if (letter === 'l') return mostly(['.List', '.None', '.Nested.L', '(split .Str "l")', '(list "x" "" "y")', '.Mixed'])
    if (letter === 'm') return mostly(['.Env', '.NoEnv', '.Nested', '(map "k" "v")'])
    if (letter === 'T') return mostly(['.Then', '.Now'])
    if (letter === 'f') return formats.map(quoted)
    if (letter === 't') return layouts.map(quoted)
    if (letter === 'r') return patterns.map(quoted)
    return any
  }
  const callOf = ([name, kinds]: [string, string]) =>
    fc
      .tuple(
        ...Array.from(kinds.replace('*', ''), apt),
        kinds.includes('*') ? fc.array(tie('operand'), { maxLength: 2 }).map((more) => more.join(' ')) : fc.constant(''),
      )
      .map((args) => [name, ...args].filter((word) => word !== '').join(' '))
  return {
    operand: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 6, arbitrary: oneOf(FIELDS) },
      { weight: 4, arbitrary: oneOf(LITERALS) },
      { weight: 3, arbitrary: tie('pipe').map((pipe) => `(${pipe})`) },
      { weight: 1, arbitrary: tie('pipe').map((pipe) => `(${pipe}).A`) },
    ),
    call: fc.oneof(
      fc.constantFrom(...CALLS).chain(callOf),
      fc.tuple(apt('r'), apt('s'), oneOf(REPLACEMENTS)).map((args) => `reReplaceAll ${args.join(' ')}`),
      fc.tuple(oneOf(CALLS.map(([name]) => name)), fc.array(tie('operand'), { maxLength: 2 })).map(([name, args]) =>
        [name, ...args].join(' '),
      ),
    ),
    pipe: fc.oneof(
      { depthSize: 'small' },
      { weight: 4, arbitrary: tie('operand') },
      { weight: 6, arbitrary: tie('call') },
      { weight: 2, arbitrary: fc.tuple(tie('operand'), tie('call')).map(([first, call]) => `${first} | ${call}`) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(tie('pipe'), oneOf(['len', 'toupper', 'print', 'printf "%v|%s"', 'html', 'not', 'eq 1', 'index .List', 'list "z"']))
          .map(([first, then]) => `${first} | ${then}`),
      },
    ),
    node: fc.oneof(
      { depthSize: 'small' },
      { weight: 3, arbitrary: oneOf(['text', ' ', '\n', ' a \n\t b ', 'ü', '{', '}', '']) },
      { weight: 6, arbitrary: tie('pipe').map((pipe) => `{{${pipe}}}`) },
      { weight: 2, arbitrary: tie('pipe').map((pipe) => `{{- ${pipe} -}}`) },
      { weight: 1, arbitrary: oneOf(['{{/* c */}}', '{{- /* c\n */ -}}', '{{break}}', '{{continue}}', '{{nil}}']) },
      { weight: 2, arbitrary: tie('pipe').map((pipe) => `{{$x := ${pipe}}}`) },
      { weight: 2, arbitrary: tie('pipe').map((pipe) => `{{$x = ${pipe}}}`) },
      { weight: 1, arbitrary: oneOf(['{{$x}}', '{{$y}}', '{{$i}}={{$v}};', '{{.}}']) },
      {
        weight: 3,
        arbitrary: fc
          .tuple(oneOf(['if', 'with', 'if $z :=', 'with $x :=']), tie('pipe'), tie('nodes'), tie('nodes'))
          .map(([word, pipe, yes, no]) => `{{${word} ${pipe}}}${yes}{{else}}${no}{{end}}`),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(oneOf(['if', 'with']), oneOf(['if', 'with']), tie('pipe'), tie('pipe'), tie('nodes'), tie('nodes'))
          .map(([a, b, first, second, yes, no]) => `{{${a} ${first}}}${yes}{{else ${b} ${second}}}${no}{{end}}`),
      },
      {
        weight: 4,
        arbitrary: fc
          .tuple(
            oneOf(['', '$v := ', '$i, $v := ', '$x = ', '$x, $y = ', '$i, ']),
            fc.oneof(oneOf(['.List', '.Mixed', '.Env', '.Nested', '.None', '3', '.Major', '.Nil', '(split "a,b" ",")']), tie('pipe')),
            tie('nodes'),
            tie('nodes'),
          )
          .map(([declare, over, body, no]) => `{{range ${declare}${over}}}${body}{{else}}${no}{{end}}`),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(oneOf(['T', 'U', 'none']), oneOf(['', '.', '.Str', '.Nested', '$']))
          .map(([name, pipe]) => `{{template "${name}" ${pipe}}}`),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(oneOf(['B', 'C']), tie('pipe'), tie('nodes')).map(([name, pipe, body]) => `{{block "${name}" ${pipe}}}${body}{{end}}`),
      },
    ),
    nodes: fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'nodes' }).map((nodes) => nodes.join('')),
    template: fc
      .tuple(
        oneOf(['', '', '{{$x := 1}}{{$y := "y"}}', '{{define "T"}}<{{.}}>{{end}}', '{{define "T"}}{{.Str}}{{end}}{{define "U"}}{{template "T" .}}{{end}}']),
        fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
      )
      .map(([head, nodes]) => head + nodes.join('')),
  }
})

/** Whole templates, most of them well formed, some failing while they run. */
export const templates: fc.Arbitrary<string> = template

/** Templates in which every type fits: nearly all of them render. */
export const typed: fc.Arbitrary<string> = fc.letrec<Record<'text' | 'number' | 'truth' | 'list' | 'map' | 'any' | 'node' | 'loop' | 'whole', string>>((tie) => {
  const call = (name: string, ...args: fc.Arbitrary<string>[]) => fc.tuple(...args).map((words) => `(${[name, ...words].join(' ')})`)
  const piped = (name: string, last: fc.Arbitrary<string>, ...args: fc.Arbitrary<string>[]) =>
    fc.tuple(last, ...args).map(([first, ...words]) => `(${first} | ${[name, ...words].join(' ')})`)
  const [text, number, truth, list, map, any] = [tie('text'), tie('number'), tie('truth'), tie('list'), tie('map'), tie('any')]
  const shallow = { depthSize: 'small', withCrossShrink: true } as const
  const body = fc.array(tie('node'), { maxLength: 3 }).map((nodes) => nodes.join(''))
  const inLoop = fc.array(tie('loop'), { maxLength: 3 }).map((nodes) => nodes.join(''))
  const branch = (inside: fc.Arbitrary<string>) =>
    fc
      .tuple(oneOf(['if', 'with', 'if $z :=', 'with $z :=']), any, inside, inside, any, inside)
      .map(([word, value, yes, no, other, third]) => {
        const chain = `{{else ${word.split(' ')[0]} ${other}}}${third}`
        return `{{${word} ${value}}}${yes}${other.length % 2 ? chain : ''}{{else}}${no}{{end}}`
      })
  const plainNodes = [
    oneOf(['text', ' ', '\n', ' a \n\t b ', 'ü', '{ ', '}']),
    any.map((value) => `{{${value}}}`),
    any.map((value) => ` {{- ${value} -}} \n`),
    text.map((value) => `{{$x = ${value}}}{{$x}}`),
    number.map((value) => `{{$y := ${value}}}{{$y}}`),
    oneOf(['{{/* c */}}', '{{- /* c\n */ -}}', '{{$x}}', '{{$.Str}}', '{{template "T" .}}', '{{template "U" $}}']),
    fc
      .tuple(oneOf(['', '$v := ', '$i, $v := ', '$x = ']), fc.oneof(list, map), inLoop, body)
      .map(([declare, over, inside, no]) => `{{range ${declare}${over}}}${inside}${declare.includes('$i') ? '{{$i}}={{$v}}' : '{{.}}'};{{else}}${no}{{end}}`),
    fc.tuple(oneOf(['', '$n := ']), number, inLoop).map(([declare, over, inside]) => `{{range ${declare}${over}}}${inside},{{end}}`),
  ]
  return {
    text: fc.oneof(
      shallow,
      oneOf([...TEXTS.slice(0, -1), '$.Env.FOO', '$x', '"a\\tb\\"c\\\\"', '"\\u00e9\\x41\\101"', '`raw "x" \\n`', '"\\xff"'].map((one) => one.replace(/^\./, '$.'))),
      fc.oneof(call('print', any, any), call('println', any), call('html', any), call('js', any), call('urlquery', text, any)),
      fc.oneof(...['tolower', 'toupper', 'trim', 'dir', 'base', 'abs', 'urlPathEscape'].map((name) => call(name, text))),
      fc.oneof(...['trimprefix', 'trimsuffix', 'envOrDefault', 'join'].map((name) => call(name, text, text))),
      fc.oneof(piped('toupper', text), piped('printf', any, oneOf(['"%v"', '"%q"', '"%5v|"', '"%x"', '"%T"', '"%+v"', '"%#v"', '"%-6s|"']))),
      call('replace', text, text, text),
      call('englishJoin', list),
      call('indexOrDefault', oneOf(['$.Env', '$.NoEnv', '(map "k" "v")']), text, text),
      call('slice', text, oneOf(['0', ''])),
      call('printf', formats.map(quoted), any, any),
      call('$.Now.Format', layouts.map(quoted)),
      call('index', map, text).map((value) => `(print ${value})`),
      call('or', text, text),
      call('and', text, text),
    ),
    number: fc.oneof(
      shallow,
      oneOf(['$.Int', '$.Neg', '$.Zero', '0', '1', '2', '-1', '0x5', '0b11', '011', '1_0', "'\\x05'", '$.Nested.N', '$.Then.Day']),
      call('len', fc.oneof(text, list, map).filter((one) => one.length < 60)).map((one) => `(slice "\\x01\\x02\\x03\\x04" 0 (len (slice "abc" 0 ${one === '' ? '0' : '2'})) | len)`),
      call('and', tie('number'), tie('number')),
    ),
    truth: fc.oneof(
      shallow,
      oneOf(['true', 'false', '$.True', '$.False']),
      call('not', any),
      fc.oneof(...['eq', 'ne', 'lt', 'le', 'gt', 'ge'].flatMap((name) => [call(name, text, text), call(name, number, number)])),
      call('eq', text, text, text),
      call('eq', number, oneOf(['$.Major', '$.Stamp', '$.Nil'])),
      call('lt', oneOf(['$.Float', '$.Whole', '1.5', '1e21', '-2.50']), oneOf(['$.Tiny', '0.1', '3.0', '0x1p-2'])),
      call('contains', text, text),
      call('in', oneOf(['$.List', '$.Nested.L', '(list "a" "b")']), text),
      call('isEnvSet', oneOf(['"FOO"', '"NO"', '"EMPTY"'])),
      call('or', truth, truth),
      call('$.Now.After', oneOf(['$.Then', '$.Now'])),
    ),
    list: fc.oneof(
      shallow,
      oneOf(['$.List', '$.None', '$.Nested.L', '(split "a,b,c" ",")', '(list "x" "" "y")', '(split "añ" "")']),
      call('split', text, oneOf(['","', '"o"', '"\\n"', '" "'])),
      call('list', text, text),
      call('listExclude', oneOf(['"^a"', '"b+$"', '"."', '"(?i)X"']), oneOf(['$.List', '(list "x" "aa" "")'])),
    ),
    map: fc.oneof(shallow, oneOf(['$.Env', '$.NoEnv', '$.Nested', '$.Nested.A']), call('map', text, text, oneOf(['"k"', '"z"']), text)),
    any: fc.oneof(
      shallow,
      { weight: 4, arbitrary: text },
      { weight: 2, arbitrary: number },
      { weight: 2, arbitrary: truth },
      { weight: 1, arbitrary: fc.oneof(list, map) },
      { weight: 2, arbitrary: oneOf(['$.Nil', '$.Mixed', '$.Float', '$.Whole', '$.Tiny', '$.Major', '$.Now', '$.Now.Month', '$.Now.Weekday', '1e21', '0.1', '1i', '1+2i', '$', '.', '$x', '(index $.Mixed 1)', '(index $.Mixed 5 0)', '(slice $.Mixed 1 3)', '(index "é" 1)']) },
    ),
    node: fc.oneof(shallow, ...plainNodes, branch(body)),
    loop: fc.oneof(
      shallow,
      ...plainNodes,
      branch(inLoop),
      truth.map((value) => `{{if ${value}}}{{break}}{{end}}`),
      truth.map((value) => `{{if ${value}}}{{continue}}{{end}}`),
    ),
    whole: fc
      .tuple(any, body, fc.array(tie('node'), { minLength: 1, maxLength: 4 }))
      .map(
        ([value, inside, nodes]) =>
          `{{$x := "x"}}{{define "T"}}<{{.}}>{{end}}{{define "U"}}[{{range .List}}{{template "T" .}}{{end}}]{{end}}{{block "B" ${value}}}{{$x := .}}{{$}}{{end}}${inside}${nodes.join('')}`,
      ),
  }
}).whole

const TOKENS =
  '{{ {{ {{- }} }} -}} | , ( ) := = : . .. .A .Str .Nested.A $ $x $x.y "s" "\\q" "open `r` \'a\' \'ab\' 1 1.5 0x 1e 089 .5 1i 1+2i 1_0 _1 true nil if if else end end range with define "T" template block break continue len print printf not-a é - + ! /* */ \n text'
    .split(' ')
    .concat(' ', ' ', ' ', ' ')

/** Soups of tokens: hardly one of them is a template. */
export const soups: fc.Arbitrary<string> = fc
  .array(oneOf(TOKENS), { minLength: 1, maxLength: 12 })
  .map((parts) => parts.join(parts.length % 3 === 0 ? ' ' : ''))
const wordsInside = fc.array(oneOf([...TOKENS.filter((token) => !token.includes('{') && !token.includes('}')), ' ']), { minLength: 1, maxLength: 6 })
export const actions: fc.Arbitrary<string> = wordsInside.map((parts) => `a {{${parts.join(parts.length % 2 === 0 ? ' ' : '')}}} b`)

/** What printf alone may meet: to range over these would take for ever. */
const value = oneOf([
  '.Now.Unix',
  '.Now.UnixNano',
  '(.Now.Sub .Then)',
  '(.Then.Sub .Now).Hours',
  '4611686018427387904',
  '-9223372036854775808',...Object.keys(data).map((name) => `.${name}`), '1', '"é"', '-3', '2.5', '1000000.0', '1e-9', '12345678.9', "'x'", '1+2i', 'true'])
/** printf with all its flags. */
export const printfs: fc.Arbitrary<string> = fc
  .tuple(formats, fc.array(value, { maxLength: 3 }))
  .map(([format, args]) => `{{printf ${[quoted(format), ...args].join(' ')}}}`)
/** Layouts of time. */
export const times: fc.Arbitrary<string> = fc
  .tuple(oneOf(['.Now', '.Then', '(.Then.AddDate 0 -7 13)', '(.Now.AddDate -1 0 -100)']), layouts)
  .map(([time, layout]) => `{{${time}.Format ${quoted(layout)}}}`)
const subject = oneOf(['.Str', '.Multi', '.Uni', '.Html', '"aaa"', '"abab ab"', '"A1 b2"', '"a\\nb"'])
/** Regular expressions: Perl's syntax by replacing, POSIX by filtering lines. */
export const regexps: fc.Arbitrary<string> = fc
  .tuple(patterns, subject, oneOf(REPLACEMENTS), fc.boolean())
  .map(([pattern, text, to, posix]) =>
    posix ? `{{filter ${text} ${quoted(pattern)}}}` : `{{reReplaceAll ${quoted(pattern)} ${text} ${to}}}`,
  )
