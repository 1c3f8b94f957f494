import type { Diagnostic, Position } from '../core/errors.ts'
import type { Config } from './config.ts'
import type { Place } from './decode.ts'
import type { Path } from './path.ts'

/** What a rule sees. */
export interface RuleInput {
  config: Config
  /** The file holds nothing, or comments only. */
  empty: boolean
  firstLine: Position
  positionOf(path: Path): Position | undefined
  places: Map<string, Place>
}

/** Says what is wrong with a config that its schema allows. */
export type Rule = (input: RuleInput) => Diagnostic[]

export const RULES: Rule[] = []
