import type { GoInteger } from './numbers.ts'
import type { GoTime } from './time.ts'
import type { Value } from './value.ts'

/** Go's types that parameters have here: any, string, int, []string, map[string]string, time.Time, time.Duration. */
export interface ParameterTypes {
  any: Value
  string: string
  int: bigint
  strings: readonly string[]
  'string map': Readonly<Record<string, string>>
  time: GoTime
  duration: GoInteger
}
export type Parameter = keyof ParameterTypes

/** A function that templates may call; its parameters are checked before it is called. */
export interface TemplateFunction {
  readonly parameters: readonly Parameter[]
  /** The type of further arguments, any number of them. */
  readonly rest?: Parameter
  /** Gets arguments of just these types; throws an Error to stop the template. */
  readonly call: (args: readonly Value[]) => Value
}

type Fixed<P extends readonly Parameter[]> = { [I in keyof P]: ParameterTypes[P[I]] }

/**
 * Makes a function from the types of its parameters.
 * @example func(['string', 'string'], (text, end) => text.endsWith(end))
 */
export function func<const P extends readonly Parameter[]>(
  parameters: P,
  call: (...args: Fixed<P>) => Value,
): TemplateFunction {
  return { parameters, call: (args) => call(...(args as Fixed<P>)) }
}

/**
 * Makes a function that takes any number of further arguments.
 * @example variadic([], 'string', (words) => words.join('-'))
 */
export function variadic<const P extends readonly Parameter[], R extends Parameter>(
  parameters: P,
  rest: R,
  call: (rest: ParameterTypes[R][], ...fixed: Fixed<P>) => Value,
): TemplateFunction {
  return {
    parameters,
    rest,
    call: (args) =>
      call(
        args.slice(parameters.length) as ParameterTypes[R][],
        ...(args.slice(0, parameters.length) as unknown as Fixed<P>),
      ),
  }
}
