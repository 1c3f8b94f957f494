import { at } from './rule.ts'
import type { Rule } from './rule.ts'

/** A config that says nothing is read as GoReleaser does: with every default. */
export const emptyConfig: Rule = ({ empty, firstLine }) =>
  empty
    ? [
        {
          severity: 'warning',
          code: 'empty-config',
          message: 'the config is empty: everything is built by default',
          where: firstLine,
          mend: 'write at least `version: 2` and `builds`',
        },
      ]
    : []

/** GoReleaser 2 reads a config without `version: 2` too, and warns. */
export const configVersion: Rule = (input) => {
  const { version } = input.config
  const unreadable = version === undefined && input.positionOf(['version']) !== undefined
  if (input.empty || unreadable || version === 2) return []
  if (version === undefined || version === 0) {
    const message = 'the config does not say which version it is written for'
    const where = version === undefined ? input.firstLine : input.positionOf(['version'])
    const mend = 'put `version: 2` at the top'
    return [{ severity: 'warning', code: 'no-version', message, ...(where === undefined ? {} : { where }), mend }]
  }
  if (version === 1) {
    const message = 'the config is written for version 1'
    return [
      at(input, ['version'], 'warning', 'old-version', message, 'write `version: 2`; `tagonce check --fix` does it'),
    ]
  }
  const message = `there is no version ${version} of the config`
  return [at(input, ['version'], 'error', 'bad-version', message, 'write `version: 2`')]
}

/** The hub is one release in one place. */
export const oneHub: Rule = (input) => {
  const { release } = input.config
  const named = (['github', 'gitlab', 'gitea'] as const).filter(
    (kind) => release?.[kind]?.owner || release?.[kind]?.name,
  )
  if (named.length < 2 || release?.disable === true) return []
  const message = `\`release\` names ${named.length} places: ${named.join(' and ')}`
  return named
    .slice(1)
    .map((kind) => at(input, ['release', kind], 'error', 'two-hubs', message, 'keep one; the others can mirror it'))
}

/** `env` is a list of `KEY=value`. */
export const envEntries: Rule = (input) =>
  (input.config.env ?? []).flatMap((entry, index) =>
    entry.includes('=')
      ? []
      : [
          at(
            input,
            ['env', index],
            'error',
            'bad-env',
            `\`${entry}\` is no \`KEY=value\``,
            'write the name, `=`, the value',
          ),
        ],
  )
