import { rule } from './finding.ts'

/** What the config loader says of old keys and other mistakes. */
export const goreleaserDeprecated = rule(
  {
    id: 'goreleaser-deprecated',
    severity: 'warning',
    summary: 'The config uses deprecated keys, or has mistakes that `tagonce check` tells.',
  },
  ({ config }, say) =>
    (config?.loaded.diagnostics ?? []).flatMap((one) => {
      const where = one.where
      if (where === undefined || one.code === 'two-configs' || one.severity === 'info') return []
      return [
        say(one.message, where, one.mend ?? 'look at `tagonce check`', {
          severity: one.severity,
          evidence: [{ text: one.code }],
        }),
      ]
    }),
)
