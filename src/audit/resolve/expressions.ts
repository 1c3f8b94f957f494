import { data, Evaluator, Lexer, Parser } from '@actions/expressions'

// GitHub's own expression engine, made three-valued: what is only known when a job runs is `unknown`, and says what it depends on.

/** A value that only the running workflow knows. */
export class Unknown extends Error {
  readonly depends: string
  constructor(depends: string) {
    super(`only known when it runs: ${depends}`)
    this.depends = depends
  }
}

/** A context that is not known whole: asking for a key that it lacks is unknown, not empty. */
export class Open extends data.Dictionary {
  readonly #name: string
  constructor(name: string, known: Record<string, unknown>) {
    super(...Object.entries(known).map(([key, value]) => ({ key, value: toData(value) })))
    this.#name = name
  }
  override get(key: string): data.ExpressionData | undefined {
    const found = super.get(key)
    if (found === undefined) throw new Unknown(`${this.#name}.${key}`)
    return found
  }
}

/** Plain data as the engine wants it. */
export function toData(value: unknown): data.ExpressionData {
  if (value instanceof data.Dictionary) return value
  if (value === null || value === undefined) return new data.Null()
  if (typeof value === 'string') return new data.StringData(value)
  if (typeof value === 'number') return new data.NumberData(value)
  if (typeof value === 'boolean') return new data.BooleanData(value)
  if (Array.isArray(value)) return new data.Array(...value.map(toData))
  return new data.Dictionary(...Object.entries(value).map(([key, one]) => ({ key, value: toData(one) })))
}

export type Contexts = Record<string, unknown>

/** What `success()`, `failure()`, `always()` and `cancelled()` say at this place. */
export interface Status {
  success: boolean | 'unknown'
  failure: boolean | 'unknown'
}

const CONTEXTS = [
  'github',
  'inputs',
  'vars',
  'needs',
  'strategy',
  'matrix',
  'secrets',
  'env',
  'job',
  'runner',
  'steps',
  'jobs',
]

class ThreeValued extends Evaluator {
  // A known operand can settle `&&` and `||` although another is unknown.
  override visitLogical(logical: Parameters<Evaluator['visitLogical']>[0]): data.ExpressionData {
    let unknown: Unknown | undefined
    let last: data.ExpressionData = new data.Null()
    const isAnd = logical.operator.lexeme === '&&'
    for (const arg of logical.args) {
      try {
        last = this.eval(arg)
      } catch (error) {
        unknown ??= asUnknown(error)
        continue
      }
      if (truthy(last) !== isAnd) return last
    }
    if (unknown !== undefined) throw unknown
    return last
  }
}

function asUnknown(error: unknown): Unknown {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof Unknown) return at
  throw error
}

function truthy(value: data.ExpressionData): boolean {
  if (value instanceof data.Null) return false
  if (value instanceof data.BooleanData) return value.value
  if (value instanceof data.NumberData) return value.value !== 0 && !Number.isNaN(value.value)
  if (value instanceof data.StringData) return value.value !== ''
  return true
}

export type Answer =
  | { is: 'true' | 'false'; because: string }
  | { is: 'unknown'; because: string }
  | { is: 'invalid'; because: string }

const STATUS = /\b(success|failure|always|cancelled)\s*\(/i

/**
 * Evaluates an `if:`. Without a status function `success() && (…)` is meant; text around `${{ }}` makes it always true.
 */
export function evaluateIf(text: string, contexts: Contexts, status: Status): Answer {
  const whole = text.trim()
  const single = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(whole)
  if (single === null && whole.includes('${{')) {
    return { is: 'true', because: 'text outside ${{ }} makes the whole condition a non-empty string: always true' }
  }
  const expression = (single?.[1] ?? whole).trim()
  if (expression === '') return { is: status.success === false ? 'false' : 'true', because: 'no condition' }
  const asked = STATUS.test(expression) ? expression : `success() && (${expression})`
  try {
    const value = evaluate(asked, contexts, status)
    return { is: truthy(value) ? 'true' : 'false', because: `${expression} is ${value.coerceString() || "''"}` }
  } catch (error) {
    return answerOf(error, expression)
  }
}

function answerOf(error: unknown, expression: string): Answer {
  try {
    return { is: 'unknown', because: `${expression} depends on ${asUnknown(error).depends}` }
  } catch {
    return { is: 'invalid', because: error instanceof Error ? error.message : String(error) }
  }
}

function evaluate(expression: string, contexts: Contexts, status: Status): data.ExpressionData {
  const none = { minArgs: 0, maxArgs: 0 }
  const functions = new Map(
    [
      { name: 'success', ...none, call: () => known(status.success, 'success()') },
      { name: 'failure', ...none, call: () => known(status.failure, 'failure()') },
      { name: 'always', ...none, call: () => new data.BooleanData(true) },
      { name: 'cancelled', ...none, call: () => new data.BooleanData(false) },
      { name: 'hashfiles', minArgs: 1, maxArgs: 255, call: (): data.ExpressionData => unknown('hashFiles()') },
    ].map((one) => [one.name, one]),
  )
  const tree = treeOf(expression, functions)
  const all = new data.Dictionary()
  for (const name of CONTEXTS) all.add(name, name in contexts ? toData(contexts[name]) : new Open(name, {}))
  return new ThreeValued(tree, all, functions).evaluate()
}

type Functions = ReadonlyMap<string, { name: string; minArgs: number; maxArgs: number }>

/** Expressions that were read already: the same ones stand in most workflows. */
const TREES = new Map<string, ReturnType<Parser['parse']>>()

function treeOf(expression: string, functions: Functions): ReturnType<Parser['parse']> {
  const known = TREES.get(expression)
  if (known !== undefined) return known
  const named = [...functions.values()].map(({ name, minArgs, maxArgs }) => ({ name, minArgs, maxArgs }))
  const tree = new Parser(new Lexer(expression).lex().tokens, CONTEXTS, named).parse()
  TREES.set(expression, tree)
  return tree
}

function known(value: boolean | 'unknown', what: string): data.ExpressionData {
  return value === 'unknown' ? unknown(what) : new data.BooleanData(value)
}

function unknown(what: string): never {
  throw new Unknown(what)
}

/**
 * Fills the `${{ }}` of a text; a part that is only known at run time stays as it is written.
 * @example interpolate('v${{ inputs.version }}', { inputs: { version: 'v1' } }) // 'vv1'
 */
export function interpolate(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{((?:(?!\}\}).)*)\}\}/gs, (whole, expression: string) => {
    try {
      return evaluate(expression.trim(), contexts, { success: true, failure: false }).coerceString()
    } catch {
      return whole
    }
  })
}
