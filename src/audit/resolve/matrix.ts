import type { Job } from '../model.ts'
import { interpolate, type Contexts } from './expressions.ts'

export type Combination = Record<string, unknown>

/** GitHub makes at most this many jobs of one matrix. */
const MOST = 256

/**
 * The jobs of a matrix that is written out; undefined where it, or a part of it, is only known when it runs.
 * docs.github.com, "Running variations of jobs in a workflow": `exclude` takes out, then each `include` extends the
 * combinations whose own values it does not change, or stands alone.
 * @example combinations({ matrix: { os: ['a', 'b'], exclude: [{ os: 'b' }] } }, {}) // [{ os: 'a' }]
 */
export function combinations(
  job: Pick<Job, 'matrix' | 'matrixExpression'>,
  contexts: Contexts,
): Combination[] | undefined {
  const matrix = job.matrix ?? fromExpression(job.matrixExpression, contexts)
  if (matrix === undefined) return undefined
  const { include, exclude, ...axes } = matrix
  let found: Combination[] = [{}]
  for (const [name, values] of Object.entries(axes)) {
    const list = literalList(values, contexts)
    if (list === undefined || found.length * list.length > MOST * 4) return undefined
    found = found.flatMap((one) => list.map((value) => ({ ...one, [name]: value })))
  }
  const [out, more] = [literalList(exclude ?? [], contexts), literalList(include ?? [], contexts)]
  if (out === undefined || more === undefined) return undefined
  found = found.filter((one) => !out.some((taken) => isCombination(taken) && holds(one, taken)))
  const originals = Object.keys(axes).length === 0 ? [] : found
  return extend(originals, more.filter(isCombination), Object.keys(axes)).slice(0, MOST)
}

function extend(originals: Combination[], includes: Combination[], axes: string[]): Combination[] {
  const extended = originals.map((one) => ({ ...one }))
  const alone: Combination[] = []
  for (const include of includes) {
    const same = Object.fromEntries(Object.entries(include).filter(([key]) => axes.includes(key)))
    const meant = extended.filter((_, at) => holds(originals[at] ?? {}, same))
    for (const one of meant) Object.assign(one, include)
    if (meant.length === 0) alone.push({ ...include })
  }
  return [...extended, ...alone]
}

function holds(one: Combination, part: Combination): boolean {
  return Object.entries(part).every(([key, value]) => JSON.stringify(one[key]) === JSON.stringify(value))
}

function isCombination(value: unknown): value is Combination {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list with its expressions filled in; undefined where one is left. */
function literalList(values: unknown, contexts: Contexts): unknown[] | undefined {
  if (typeof values === 'string') {
    const list = fromJson(values, contexts)
    return Array.isArray(list) ? (list as unknown[]) : undefined
  }
  if (!Array.isArray(values)) return undefined
  const list = values.map((value) => fill(value, contexts))
  return JSON.stringify(list).includes('${{') ? undefined : list
}

function fill(value: unknown, contexts: Contexts): unknown {
  if (typeof value === 'string') return value.includes('${{') ? interpolate(value, contexts) : value
  if (Array.isArray(value)) return value.map((one) => fill(one, contexts))
  if (!isCombination(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, contexts)]))
}

function fromExpression(expression: string | undefined, contexts: Contexts): Combination | undefined {
  if (expression === undefined) return undefined
  const value = fromJson(expression, contexts)
  return isCombination(value) ? value : undefined
}

/** `${{ fromJSON(x) }}` where x is known. */
function fromJson(expression: string, contexts: Contexts): unknown {
  const inside = /^\$\{\{\s*fromJSON\((.*)\)\s*\}\}$/is.exec(expression.trim())?.[1]
  if (inside === undefined) return undefined
  const text = interpolate(`\${{ ${inside} }}`, contexts)
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
