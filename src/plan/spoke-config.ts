import type { Diagnostic, Position } from '../core/errors.ts'
import type { Config } from '../config/config.ts'
import type { ProjectFiles } from './go-source.ts'
import type { Plan } from './plan.ts'

/** What a spoke sees while it resolves its entries: the config, the plan so far, and a renderer that knows positions. */
export interface SpokeConfig {
  config: Config
  /** Everything but the spokes. */
  plan: Omit<Plan, 'spokes'>
  /**
   * Renders a template that stands at a path of the config.
   * @example render('{{ .ProjectName }}', ['npms', 0, 'name'])
   */
  render(text: string, path: (string | number)[], extra?: Record<string, unknown>): string
  /** Whether a bool-or-template is true. */
  isTrue(value: string | boolean | undefined, path: (string | number)[]): boolean
  /**
   * The name of the variable in `{{ .Env.NAME }}`; anything else is a problem, so no secret can be sealed.
   */
  secretEnv(text: string, path: (string | number)[]): string | undefined
  /** The environment that templates see. */
  env?: Readonly<Record<string, string>>
  position(path: (string | number)[]): Position | undefined
  /** What may be read of the project while it is planned (a Dockerfile); hooks may still write some of it. */
  files?: ProjectFiles
  problem(diagnostic: Diagnostic): void
  /** The same, noting problems aside: what is passed over in this run stops nobody. */
  aside?(): { config: SpokeConfig; found: Diagnostic[] }
}
