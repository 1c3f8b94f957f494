import type { Diagnostic, Position } from '../../core/errors.ts'
import type { Config } from '../config.ts'
import type { Path } from '../path.ts'

/** What a rule sees: the config with its deprecated keys moved, and a way to name places. */
export interface RuleInput {
  config: Config
  /** The file holds nothing, or comments only. */
  empty: boolean
  firstLine: Position
  env: Record<string, string | undefined>
  positionOf(path: Path): Position | undefined
}

/** Says what is wrong with a config that its schema allows. */
export type Rule = (input: RuleInput) => Diagnostic[]

/** A diagnostic at a path of the config. */
export function at(
  input: RuleInput,
  path: Path,
  severity: Diagnostic['severity'],
  code: string,
  message: string,
  mend?: string,
): Diagnostic {
  const where = input.positionOf(path)
  return {
    severity,
    code,
    message,
    ...(where === undefined ? {} : { where }),
    ...(mend === undefined ? {} : { mend }),
  }
}
