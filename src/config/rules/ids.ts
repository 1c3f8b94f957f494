import type { Diagnostic } from '../../core/errors.ts'
import type { Config } from '../config.ts'
import { showPath } from '../path.ts'
import type { Path } from '../path.ts'
import { suggest } from '../suggest.ts'
import { at } from './rule.ts'
import type { Rule, RuleInput } from './rule.ts'

/** Lists whose entries have ids of their own, and the id of an entry that names none. */
const WITH_IDS = [
  ['builds', 'project'],
  ['universal_binaries', 'project'],
  ['archives', 'default'],
  ['makeselfs', 'default'],
  ['nfpms', 'default'],
  ['snapcrafts', ''],
  ['flatpak', ''],
  ['signs', 'default'],
  ['docker_signs', 'default'],
  ['binary_signs', 'default'],
  ['sboms', 'default'],
  ['dockers', undefined],
  ['docker_manifests', undefined],
  ['dockers_v2', 'project'],
  ['kos', 'project'],
] as const

/** Two entries of one list may not have the same id; leaving it out counts as the default one. */
export const duplicateIds: Rule = (input) =>
  WITH_IDS.flatMap(([key, otherwise]) => {
    const seen = new Map<string, number>()
    const entries: readonly { id?: string | undefined }[] = input.config[key] ?? []
    return entries.flatMap((entry, index) => {
      const given = entry.id ?? ''
      if (given === '' && otherwise === undefined) return []
      const id = given === '' ? defaultId(input.config, otherwise) : given
      const before = seen.get(id)
      if (before === undefined) {
        seen.set(id, index)
        return []
      }
      return [duplicate(input, [key, index], given, id, [key, before])]
    })
  })

function defaultId(config: Config, otherwise: 'project' | 'default' | '' | undefined): string {
  return otherwise === 'project' ? config.project_name || '(the project’s name)' : (otherwise ?? '')
}

function duplicate(input: RuleInput, path: Path, given: string, id: string, before: Path): Diagnostic {
  const first = showPath(before)
  const message =
    given === ''
      ? `\`${showPath(path)}\` has no id, and neither has \`${first}\`: both are \`${id}\``
      : `the id \`${id}\` is taken by \`${first}\``
  const said = given === '' && id === '' ? `\`${showPath(path)}\` and \`${first}\` have no id` : message
  return at(input, given === '' ? path : [...path, 'id'], 'error', 'duplicate-id', said, 'give each an `id` of its own')
}

/** Ids that name builds: the artifacts that an archive or a package is made of. */
const NAME_BUILDS = ['archives', 'nfpms', 'snapcrafts', 'universal_binaries', 'upx', 'flatpak', 'makeselfs'] as const

/** Ids that name what is uploaded: archives, packages, universal binaries. */
const NAME_ARCHIVES = [
  'brews',
  'homebrew_casks',
  'npms',
  'scoops',
  'winget',
  'krews',
  'nix',
  'aurs',
  'chocolateys',
] as const

/** An id that nothing has selects nothing. GoReleaser finds out when it packs. */
export const unknownIds: Rule = (input) => {
  const { config } = input
  const project = config.project_name
  const builds = idsOf(config.builds, project)
  const universal = idsOf(config.universal_binaries, project)
  const made = [...builds, ...universal]
  const archives = [...idsOf(config.archives, 'default'), ...(config.nfpms ?? []).map((one) => one.id || 'default')]
  // Without a project name, a build without an id could be any.
  const certain = project !== undefined && project !== '' ? true : (config.builds ?? []).every((build) => build.id)
  return [
    ...(certain && (config.builds ?? []).length > 0
      ? NAME_BUILDS.flatMap((key) => strangers(input, key, made, 'build'))
      : []),
    ...NAME_ARCHIVES.flatMap((key) => strangers(input, key, [...archives, ...made], 'archive')),
  ]
}

function idsOf(entries: readonly { id?: string | undefined }[] | undefined, otherwise: string | undefined): string[] {
  if (entries === undefined || entries.length === 0) return otherwise === undefined ? [] : [otherwise]
  return entries.flatMap((entry) => entry.id || otherwise || [])
}

function strangers(
  input: RuleInput,
  key: (typeof NAME_BUILDS | typeof NAME_ARCHIVES)[number],
  known: string[],
  what: string,
): Diagnostic[] {
  const entries: readonly { ids?: string[] | undefined }[] = input.config[key] ?? []
  return entries.flatMap(({ ids = [] }, index) =>
    ids.flatMap((id, position) => {
      if (known.includes(id) || id.includes('{{')) return []
      const near = suggest(id, known)
      const mend =
        near === undefined ? `there is ${known.map((one) => `\`${one}\``).join(', ')}` : `did you mean \`${near}\`?`
      return [
        at(input, [key, index, 'ids', position], 'warning', 'unknown-id', `no ${what} has the id \`${id}\``, mend),
      ]
    }),
  )
}
