import { rule } from './finding.ts'
import { reached } from './reach.ts'

/** A long-lived token where the registry would take the workflow's own identity. */
export const trustedPublishing = rule(
  {
    id: 'trusted-publishing',
    severity: 'warning',
    summary: 'npm, PyPI or crates.io is published with a long-lived token; they take the workflow’s identity (OIDC).',
  },
  (input, say) =>
    reached(input).flatMap(({ step, effects }) => {
      const effect = effects.find(
        (one) => one.kind === 'publish' && ['npm', 'pypi', 'cargo'].includes(one.channel ?? ''),
      )
      const secret = effect?.secrets.find((name) => /NPM|NODE_AUTH|PYPI|TWINE|CARGO|CRATES|UV_PUBLISH/.test(name))
      if (effect === undefined || secret === undefined) return []
      return [
        say(
          `"${step.name}" publishes to ${effect.channel} with the secret ${secret}`,
          effect.where,
          'set up a trusted publisher for this workflow file, grant `id-token: write`, and take the secret away',
        ),
      ]
    }),
)
