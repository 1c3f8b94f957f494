import { Lexer, Parser } from '@actions/expressions'

/** What an expression may name in one place of a workflow: contexts, and functions beside those that are always there. */
export interface Allowed {
  contexts: string[]
  functions: { name: string; minArgs: number; maxArgs: number }[]
  /** Expressions that were read already. */
  known: Map<string, boolean>
}

/** As the schema writes it: `github`, `always(0,0)`, `success(0,MAX)`. */
export function allowed(...names: string[]): Allowed {
  const contexts = names.filter((name) => !name.includes('('))
  const functions = names.flatMap((name) => {
    const found = /^(\w+)\((\d+),(\d+|MAX)\)$/.exec(name)
    if (found === null) return []
    const maxArgs = found[3] === 'MAX' ? Number.MAX_SAFE_INTEGER : Number(found[3])
    return [{ name: found[1] ?? '', minArgs: Number(found[2]), maxArgs }]
  })
  return { contexts, functions, known: new Map() }
}

/** Whether GitHub's engine reads the expression, with no name that this place does not have. */
export function isReadable(expression: string, place: Allowed): boolean {
  const known = place.known.get(expression)
  if (known !== undefined) return known
  const answer = isSimple(expression, place.contexts) || isParsed(expression, place)
  place.known.set(expression, answer)
  return answer
}

/** `github.ref_name` and the like need no parser. */
function isSimple(expression: string, contexts: string[]): boolean {
  const found = /^ *([a-z]+)(?:\.[A-Za-z_][\w-]*)+ *$/.exec(expression)
  return found !== null && contexts.includes(found[1] ?? '')
}

function isParsed(expression: string, { contexts, functions }: Allowed): boolean {
  try {
    new Parser(new Lexer(expression).lex().tokens, contexts, functions).parse()
    return true
  } catch {
    return false
  }
}

/** Whether all `${{ }}` of a text can be read here; without one, any text can. */
export function areReadable(text: string, place: Allowed): boolean {
  let from = text.indexOf('${{')
  while (from !== -1) {
    const end = text.indexOf('}}', from)
    if (end === -1) return false
    const expression = text.slice(from + 3, end)
    // A quote may hold the closing braces: the other parser knows.
    if ((expression.split("'").length - 1) % 2 === 1 || expression.trim() === '') return false
    // `${{ insert }}` and its like are directives, not expressions.
    if (/^\s*insert\s*$/.test(expression) || !isReadable(expression, place)) return false
    from = text.indexOf('${{', end)
  }
  return true
}
