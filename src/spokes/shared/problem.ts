import type { SpokeConfig } from '../../plan/spoke-config.ts'

/** A problem at a key of the config. */
export function problemAt(
  config: SpokeConfig,
  path: (string | number)[],
  message: string,
  mend: string,
  code = 'after',
): void {
  const where = config.position(path) ?? config.position(path.slice(0, -1))
  config.problem({ severity: 'error', code, message, mend, ...(where === undefined ? {} : { where }) })
}
