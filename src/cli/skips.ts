import { project } from '../config/schema/project.ts'
import { TagonceError } from '../core/errors.ts'
import { spokes } from '../spokes/registry.ts'

/** GoReleaser's words for `release --skip`, and the keys of the config that each passes over. */
const RELEASE: Record<string, string[]> = {
  announce: ['announce'],
  archive: [],
  aur: ['aurs'],
  'aur-source': ['aur_sources'],
  before: [],
  chocolatey: ['chocolateys'],
  docker: ['dockers', 'docker_manifests', 'dockers_v2', 'docker_digest', 'docker_signs'],
  flatpak: ['flatpak'],
  homebrew: ['brews', 'homebrew_casks', 'cask'],
  ko: ['kos'],
  krew: ['krews'],
  makeself: ['makeselfs'],
  mcp: ['mcp'],
  nfpm: ['nfpms'],
  nix: ['nix'],
  notarize: ['notarize'],
  publish: [],
  sbom: ['sboms'],
  scoop: ['scoops'],
  sign: ['signs', 'binary_signs', 'docker_signs'],
  snapcraft: ['snapcrafts', 'snap'],
  srpm: ['srpm'],
  validate: [],
  winget: ['winget'],
}

/** Keys that say what is sent where, and to whom it is told; without publishing they have nothing to do. */
const PUBLISHING = [
  'announce',
  'artifactories',
  'before_publish',
  'blobs',
  'cloudsmiths',
  'docker_digest',
  'docker_manifests',
  'docker_signs',
  'dockerhub',
  'force_token',
  'furies',
  'gemfury',
  'gitea_urls',
  'gitlab_urls',
  'iru',
  'mcp',
  'milestones',
  'publishers',
  'retry',
  'uploads',
  'verify',
]

const BUILD = ['pre-hooks', 'post-hooks', 'validate', 'before']

/**
 * The words of `release --skip` with all that they pass over: GoReleaser's words, names of spokes, keys of the config.
 * @throws TagonceError `usage` for any other
 * @example releaseSkips(['homebrew'], false).has('homebrew_casks') // true
 */
export function releaseSkips(words: readonly string[], snapshot: boolean): ReadonlySet<string> {
  const known = [...Object.keys(RELEASE), ...spokes.map(({ name }) => name)]
  const keys = project.form.is === 'object' ? Object.keys(project.form.keys) : []
  refuseUnknown(words, known, keys)
  const skip = new Set(words.flatMap((word) => [word, ...(RELEASE[word] ?? [])]))
  if (snapshot || skip.has('publish')) for (const key of PUBLISHING) skip.add(key)
  return skip
}

/**
 * The words of `build --skip`.
 * @throws TagonceError `usage` for a word that GoReleaser does not have there
 */
export function buildSkips(words: readonly string[]): ReadonlySet<string> {
  refuseUnknown(words, BUILD, [])
  return new Set(words)
}

function refuseUnknown(words: readonly string[], known: string[], keys: string[]): void {
  const wrong = words.filter((word) => !known.includes(word) && !keys.includes(word.split(/[.[]/)[0] ?? ''))
  if (wrong.length === 0) return
  const also = keys.length === 0 ? '' : ', or a key of the config'
  throw new TagonceError('usage', `--skip does not know ${wrong.join(', ')}`, {
    hint: `it can be ${[...new Set(known)].toSorted().join(', ')}${also}`,
  })
}
