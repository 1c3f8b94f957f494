/**
 * GitHub's filter patterns for branches, tags and paths, as the documentation's cheat sheet has them
 * (docs.github.com, "Workflow syntax", "Filter pattern cheat sheet").
 */
export type PatternProblem = 'empty' | 'unclosed-bracket' | 'nothing-to-repeat' | 'bad-range' | 'trailing-backslash'

export interface Pattern {
  text: string
  /** Begins with `!`: what matches is taken out again. */
  negative: boolean
  matches(name: string): boolean
}

/** A pattern, or what is wrong with it. */
export function compilePattern(text: string): Pattern | { problem: PatternProblem } {
  const negative = text.startsWith('!')
  const body = negative ? text.slice(1) : text
  if (body === '') return { problem: 'empty' }
  const source = toRegExp(body)
  if (typeof source !== 'string') return source
  const expression = new RegExp(`^(?:${source})$`, 'su')
  return { text, negative, matches: (name) => expression.test(name) }
}

function toRegExp(body: string): string | { problem: PatternProblem } {
  let out = ''
  // What `?` and `+` repeat: the last single item. A `*` is no such item.
  let last = ''
  const flush = (): void => {
    out += last
    last = ''
  }
  for (let at = 0; at < body.length; at += 1) {
    const character = String.fromCodePoint(body.codePointAt(at) ?? 0)
    at += character.length - 1
    if (character === '*') {
      flush()
      const double = body[at + 1] === '*'
      while (body[at + 1] === '*') at += 1
      const begins = out === '' || out.endsWith('/')
      if (double && begins && body[at + 1] === '/') {
        // `**/` also matches nothing: `**/docs/**` finds `docs/a`.
        at += 1
        out += '(?:.*/)?'
      } else out += double ? '.*' : '[^/]*'
    } else if (character === '?' || character === '+') {
      if (last === '') return { problem: 'nothing-to-repeat' }
      out += `(?:${last})${character}`
      last = ''
    } else if (character === '[') {
      flush()
      const end = body.indexOf(']', at + 1)
      if (end === -1) return { problem: 'unclosed-bracket' }
      const set = bracket(body.slice(at + 1, end))
      if (typeof set !== 'string') return set
      last = set
      at = end
    } else if (character === '\\') {
      flush()
      const next = body[at + 1]
      if (next === undefined) return { problem: 'trailing-backslash' }
      last = escape(next)
      at += 1
    } else {
      flush()
      last = escape(character)
    }
  }
  return out + last
}

/** The inside of `[…]`: single characters and ranges of a-z, A-Z, 0-9. */
function bracket(inside: string): string | { problem: PatternProblem } {
  if (inside === '') return { problem: 'empty' }
  let out = ''
  for (let at = 0; at < inside.length; at += 1) {
    const from = inside.charAt(at)
    const to = inside.charAt(at + 2)
    if (inside.charAt(at + 1) === '-' && to !== '') {
      const range = /^(?:[a-z][a-z]|[A-Z][A-Z]|[0-9][0-9])$/
      if (!range.test(from + to) || from > to) return { problem: 'bad-range' }
      out += `${from}-${to}`
      at += 2
    } else out += escape(from)
  }
  return `[${out}]`
}

function escape(character: string): string {
  return /[\\^$.*+?()[\]{}|]/.test(character) ? `\\${character}` : character
}

export type FilterAnswer = { matches: boolean; because: string }

/** Takes a list in order; the last pattern that matches decides. At least one must be positive. */
export function matchList(patterns: readonly string[], name: string): FilterAnswer {
  let answer: FilterAnswer = { matches: false, because: `no pattern of [${patterns.join(', ')}] matches ${name}` }
  for (const text of patterns) {
    const pattern = compilePattern(text)
    if ('problem' in pattern || !pattern.matches(name)) continue
    answer = { matches: !pattern.negative, because: `${text} ${pattern.negative ? 'takes out' : 'matches'} ${name}` }
  }
  return answer
}

/** A filter of one kind: `x` and `x-ignore`, of which only one may be given. */
export function filter(
  include: readonly string[] | undefined,
  ignore: readonly string[] | undefined,
  name: string,
): FilterAnswer {
  if (include !== undefined) return matchList(include, name)
  if (ignore === undefined) return { matches: true, because: 'no filter' }
  const answer = matchList(ignore, name)
  return {
    matches: !answer.matches,
    because: answer.matches ? `ignored: ${answer.because}` : `not ignored: ${answer.because}`,
  }
}
