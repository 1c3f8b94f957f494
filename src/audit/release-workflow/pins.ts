/**
 * Actions by commit. Each pair of commit and version was seen in public repositories that pin the same pair
 * independently of each other; `git ls-remote https://github.com/OWNER/NAME refs/tags/VERSION` tells it again.
 */
const PINS = {
  'actions/checkout': { commit: '08c6903cd8c0fde910a37f88322edcfb5dd907a8', version: 'v5.0.0' },
  'actions/setup-go': { commit: '44694675825211faa026b3c33043df3e48a5fa00', version: 'v6.0.0' },
  'actions/setup-node': { commit: 'a0853c24544627f65ddf259abe73b1d18a591444', version: 'v5.0.0' },
} as const

/** `actions/checkout@08c6… # v5.0.0`. */
export function pinned(action: keyof typeof PINS): string {
  const { commit, version } = PINS[action]
  return `${action}@${commit} # ${version}`
}
