import type { Position } from '../../core/errors.ts'
import { firstLine, placesOf, rule } from './finding.ts'

/** Names that people give the secret of one channel. */
const KINDS: Record<string, RegExp> = {
  Chocolatey: /^CHOCO(LATEY)?_(API_?)?(KEY|TOKEN)$/,
  npm: /^(NPM|NODE)_(AUTH_|PUBLISH_|ACCESS_)?TOKEN$/,
  PyPI: /^(PYPI|TWINE|UV_PUBLISH)_(API_|PUBLISH_)?(TOKEN|PASSWORD|KEY)$/,
  AUR: /^AUR_(SSH_)?(PRIVATE_)?(KEY|SSH|TOKEN)(_PRIVATE)?$/,
  'the tap': /^(HOMEBREW|TAP|BREW)_(TAP_)?(GITHUB_)?(DEPLOY_)?(TOKEN|PAT|KEY)$|^GH_TAP_TOKEN$/,
  'the Snap store': /^SNAP(CRAFT)?_(STORE_)?(TOKEN|CREDENTIALS|LOGIN)$|^STORE_LOGIN$/,
  'Docker Hub': /^DOCKER(HUB)?_(ACCESS_)?(TOKEN|PASSWORD|PASS)$/,
  'crates.io': /^(CARGO|CRATES)_(IO_|REGISTRY_)?TOKEN$/,
}

/** Two names for one secret. */
export const secretNameDrift = rule(
  { id: 'secret-name-drift', severity: 'warning', summary: 'The secret of one channel has two or more names.' },
  ({ workflows }, say) => {
    const names = new Map<string, Position>()
    for (const workflow of workflows)
      for (const { match, where } of placesOf(workflow.path, workflow.text, /secrets\.([A-Za-z_]\w*)/))
        if (!names.has(match[1] ?? '')) names.set(match[1] ?? '', where)
    return Object.entries(KINDS).flatMap(([what, pattern]) => {
      const same = [...names].filter(([name]) => pattern.test(name))
      if (same.length < 2) return []
      return [
        say(
          `the secret of ${what} has ${same.length} names: ${same.map(([name]) => name).join(', ')}`,
          same[1]?.[1] ?? firstLine('.github/workflows'),
          'use one name everywhere, so that one of them does not stay empty',
          { evidence: same.map(([text, where]) => ({ text, where })) },
        ),
      ]
    })
  },
)
