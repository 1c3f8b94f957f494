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
      if (one.code === 'bad-include' && one.message.endsWith(' is not read here')) {
        const message = `an audit reads nothing from outside: ${one.message}, so what it sets is not known`
        return [say(message, where, '`tagonce check` reads it', { severity: 'info', evidence: [{ text: one.code }] })]
      }
      return [
        say(one.message, where, one.mend ?? 'look at `tagonce check`', {
          severity: one.severity,
          evidence: [{ text: one.code }],
        }),
      ]
    }),
)
