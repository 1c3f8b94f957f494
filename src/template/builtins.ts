import { index, length, slice } from './collections.ts'
import { equal, less } from './compare.ts'
import { CallError } from './error.ts'
import { escapeHtml, escapeJs, escapeQuery } from './escape.ts'
import { func, variadic } from './function.ts'
import type { TemplateFunction } from './function.ts'
import { sprint, sprintln } from './print.ts'
import { sprintf } from './printf.ts'
import type { Value } from './value.ts'
import { isTrue, typeName } from './value.ts'

/** Arguments of html, js and urlquery as text; a lone nil shows as it does in the output of a template. */
function asText(args: readonly Value[]): string {
  return sprint(args.map((arg) => (arg === null ? '<no value>' : arg)))
}

/**
 * The functions that Go's templates always have. `and` and `or` stop at the argument that decides: the evaluator
 * sees to that, so what stands here only says which parameters they take.
 */
export const builtins: Readonly<Record<string, TemplateFunction>> = {
  and: variadic(['any'], 'any', (rest, first) => [first, ...rest].find((one) => !isTrue(one)) ?? rest.at(-1) ?? first),
  or: variadic(['any'], 'any', (rest, first) => [first, ...rest].find(isTrue) ?? rest.at(-1) ?? first),
  not: func(['any'], (value) => !isTrue(value)),
  eq: variadic(['any'], 'any', (others, first) => equal(first, others)),
  ne: func(['any', 'any'], (a, b) => !equal(a, [b])),
  lt: func(['any', 'any'], less),
  le: func(['any', 'any'], (a, b) => less(a, b) || equal(a, [b])),
  gt: func(['any', 'any'], (a, b) => !(less(a, b) || equal(a, [b]))),
  ge: func(['any', 'any'], (a, b) => !less(a, b)),
  index: variadic(['any'], 'any', (keys, item) => index(item, keys)),
  slice: variadic(['any'], 'any', (positions, item) => slice(item, positions)),
  len: func(['any'], length),
  print: variadic([], 'any', sprint),
  printf: variadic(['string'], 'any', (args, text) => sprintf(text, args)),
  println: variadic([], 'any', sprintln),
  html: variadic([], 'any', (args) => escapeHtml(asText(args))),
  js: variadic([], 'any', (args) => escapeJs(asText(args))),
  urlquery: variadic([], 'any', (args) => escapeQuery(asText(args))),
  call: variadic(['any'], 'any', (_, callee) => {
    throw new CallError(`call takes a function, and a ${typeName(callee)} is none`)
  }),
}
