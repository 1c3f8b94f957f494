import { type Found, publishes } from './found.ts'

type With = Record<string, string>
type Reader = (input: With, name: string) => Found[]

const yes = (value: string | undefined, otherwise = false): boolean =>
  value === undefined ? otherwise : value.trim().toLowerCase() === 'true'
const release: Reader = (input, name) => [
  {
    kind: 'create-release',
    through: name,
    source: 'own',
    ...target(input['tag_name'] ?? input['tag']),
    ...(yes(input['draft']) ? { draft: true } : {}),
  },
  ...(input['files'] || input['artifacts'] || input['file'] ? [upload(input, name)] : []),
]
const upload = (input: With, name: string): Found => ({
  kind: 'upload-assets',
  through: name,
  source: 'own',
  ...target(input['tag_name'] ?? input['tag']),
})
const target = (value: string | undefined): { target?: string } =>
  value === undefined || value === '' ? {} : { target: value }
const named = (value: string | undefined): { name?: string } =>
  value === undefined || value === '' ? {} : { name: value }
const publisher =
  (channel: string, key: string | undefined, source: Found['source']): Reader =>
  (input, name) => [publishes(channel, name, { source, ...named(key === undefined ? undefined : input[key]) })]

const dispatchInputs = (text: string | undefined): { inputs?: Record<string, string> } => {
  try {
    const value: unknown = JSON.parse(text ?? '')
    if (typeof value !== 'object' || value === null) return {}
    return { inputs: Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)])) }
  } catch {
    return {}
  }
}

/**
 * What well-known actions do to the world, by `owner/name`. Facts are from each action's own documentation.
 */
export const ACTIONS: Record<string, Reader> = {
  'softprops/action-gh-release': release,
  'ncipollo/release-action': release,
  'actions/create-release': (input, name) => [
    { kind: 'create-release', through: name, source: 'own', ...target(input['tag_name']) },
  ],
  'actions/upload-release-asset': (input, name) => [upload(input, name)],
  'svenstaro/upload-release-action': release,
  'marvinpinto/action-automatic-releases': release,
  'elgohr/Github-Release-Action': release,
  'AButler/upload-release-assets': (input, name) => [upload(input, name)],
  'shogo82148/actions-upload-release-asset': (input, name) => [upload(input, name)],
  'wangyoucao577/go-release-action': (input, name) => [{ ...upload(input, name), source: 'rebuild' }],
  'cli/gh-extension-precompile': (_, name) => [{ kind: 'create-release', through: name, source: 'rebuild' }],
  'taiki-e/create-gh-release-action': (_, name) => [{ kind: 'create-release', through: name, source: 'own' }],
  'taiki-e/upload-rust-binary-action': (input, name) => [{ ...upload(input, name), source: 'rebuild' }],
  'softprops/turnstyle': () => [],
  'googleapis/release-please-action': (_, name) => [{ kind: 'create-release', through: name, source: 'own' }],
  'google-github-actions/release-please-action': (_, name) => [
    { kind: 'create-release', through: name, source: 'own' },
  ],
  'changesets/action': (input, name) => (input['publish'] ? [publishes('npm', name, { source: 'own' })] : []),
  'cycjimmy/semantic-release-action': (_, name) => [{ kind: 'create-release', through: name, source: 'own' }],
  'JS-DevTools/npm-publish': (input, name) =>
    yes(input['dry-run']) ? [] : [publishes('npm', name, { source: 'own', ...named(input['package']) })],
  'pypa/gh-action-pypi-publish': (input, name) =>
    /test\.pypi/.test(input['repository-url'] ?? input['repository_url'] ?? '')
      ? []
      : [publishes('pypi', name, { source: 'own' })],
  'PyO3/maturin-action': (input, name) =>
    /^(publish|upload)/.test(input['command'] ?? '') ? [publishes('pypi', name, { source: 'rebuild' })] : [],
  'docker/build-push-action': (input, name) =>
    yes(input['push']) || /type=registry|push=true/.test(input['outputs'] ?? '') || input['push']?.includes('${{')
      ? [publishes('docker', name, { source: 'rebuild', ...named(input['tags']?.split(/[\n,]/)[0]) })]
      : [],
  'docker/bake-action': (input, name) => (yes(input['push']) ? [publishes('docker', name, { source: 'rebuild' })] : []),
  'redhat-actions/push-to-registry': publisher('docker', 'image', 'own'),
  'elgohr/Publish-Docker-Github-Action': publisher('docker', 'name', 'rebuild'),
  'snapcore/action-publish': publisher('snap', 'snap', 'own'),
  'canonical/action-publish': publisher('snap', 'snap', 'own'),
  'KSXGitHub/github-actions-deploy-aur': publisher('aur', 'pkgname', 'hub'),
  'mislav/bump-homebrew-formula-action': publisher('homebrew', 'formula-name', 'hub'),
  'dawidd6/action-homebrew-bump-formula': publisher('homebrew', 'formula', 'hub'),
  'macauley/action-homebrew-bump-cask': publisher('homebrew', 'cask', 'hub'),
  'Justintime50/homebrew-releaser': publisher('homebrew', 'homebrew_tap', 'hub'),
  'vedantmgoyal9/winget-releaser': publisher('winget', 'identifier', 'hub'),
  'vedantmgoyal2009/winget-releaser': publisher('winget', 'identifier', 'hub'),
  'rajatjindal/krew-release-bot': publisher('krew', undefined, 'hub'),
  'crazy-max/ghaction-chocolatey': (input, name) =>
    /\bpush\b/.test(input['args'] ?? '') ? [publishes('chocolatey', name, { source: 'own' })] : [],
  'katyo/publish-crates': publisher('cargo', undefined, 'rebuild'),
  'peter-evans/repository-dispatch': (input, name) => [
    { kind: 'dispatch', through: name, source: 'own', ...named(input['event-type']), ...target(input['repository']) },
  ],
  'benc-uk/workflow-dispatch': (input, name) => [
    {
      kind: 'dispatch',
      through: name,
      source: 'own',
      ...named(input['workflow']),
      ...target(input['repo']),
      ...dispatchInputs(input['inputs']),
    },
  ],
  'mathieudutour/github-tag-action': (_, name) => [{ kind: 'push-tag', through: name, source: 'own' }],
  'anothrNick/github-tag-action': (_, name) => [{ kind: 'push-tag', through: name, source: 'own' }],
  'rickstaa/action-create-tag': (input, name) => [
    { kind: 'push-tag', through: name, source: 'own', ...target(input['tag']) },
  ],
  'stefanzweifel/git-auto-commit-action': (_, name) => [{ kind: 'push-commit', through: name, source: 'own' }],
  'EndBug/add-and-commit': (_, name) => [{ kind: 'push-commit', through: name, source: 'own' }],
  'ad-m/github-push-action': (_, name) => [{ kind: 'push-commit', through: name, source: 'own' }],
  'peaceiris/actions-gh-pages': (_, name) => [{ kind: 'deploy', through: name, source: 'own' }],
  'actions/deploy-pages': (_, name) => [{ kind: 'deploy', through: name, source: 'own' }],
}

/** Actions that run a release tool; what it does stands in its config. */
export const RELEASE_TOOLS: Record<string, { tool: string; args: string }> = {
  'goreleaser/goreleaser-action': { tool: 'goreleaser', args: 'args' },
  'jreleaser/release-action': { tool: 'jreleaser', args: 'arguments' },
}

/** `owner/name@ref` or `owner/name/path@ref` → `owner/name`; undefined for local and docker actions. */
export function actionName(uses: string): string | undefined {
  const found = /^([^./][^/@]*\/[^/@]+)(?:\/[^@]*)?@/.exec(uses)
  return found?.[1]
}

/** GitHub does not tell upper from lower case in names of repositories. */
const BY_LOWER_CASE = new Map(Object.entries(ACTIONS).map(([name, reader]) => [name.toLowerCase(), reader]))

export function effectsOfAction(uses: string, input: With): Found[] {
  const name = actionName(uses)
  if (name === undefined) return []
  const reader = ACTIONS[name] ?? BY_LOWER_CASE.get(name.toLowerCase())
  return reader?.(input, name) ?? []
}
