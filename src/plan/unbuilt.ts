import type { Config } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { Renderer } from './renderer.ts'

/** Keys below a section that is carried out, which themselves are not yet: a clear error, never ignored. */
const NOT_YET: [pattern: string, mend: string][] = [['release.tag', 'leave it out']]

/** Keys that tell GoReleaser how to cope with what our hub copes with by itself. */
const NEEDLESS: [pattern: string, why: string][] = [
  ['retry', 'a passing fault is tried again with growing waits, and running the same command again goes on from there'],
  ['release.use_existing_draft', 'a draft of this tag is always gone on with'],
  ['release.replace_existing_draft', 'a draft of this tag is always gone on with'],
  [
    'release.replace_existing_artifacts',
    'equal files are kept, those of a draft replaced, and a public one that differs is an error',
  ],
]

/** What will be done with the plan: keys of what won't be are no trouble. */
export interface Intent {
  pack: boolean
  publish: boolean
  snapshot: boolean
}

/** Says which keys of the config are not carried out, or have nothing to do here. */
export function tellUnbuilt(
  renderer: Renderer,
  config: Config,
  intent: Intent,
  skip: ReadonlySet<string> = new Set(),
): void {
  if (intent.pack) {
    tellKo(renderer, config, skip, renderer.data)
  }
  for (const [pattern, mend] of NOT_YET) {
    if (!intent.pack && /^(archives|checksum)\./.test(pattern)) continue
    if (!intent.publish && pattern.startsWith('release.')) continue
    for (const path of pathsOf(config, pattern.split('.'))) {
      renderer.problem('not-built', path, `${pattern.replace('.*', '[]')} is not carried out yet`, mend)
    }
  }
  for (const [pattern, why] of NEEDLESS) {
    for (const path of pathsOf(config, pattern.split('.'))) {
      renderer.problem('needless', path, `${pattern} has nothing to do: ${why}`, undefined, 'info')
    }
  }
}

/** Images of ko: what its settings must have. */
function tellKo(renderer: Renderer, config: Config, skip: ReadonlySet<string>, env: Renderer['data']): void {
  if (skip.has('ko')) return
  const ids = new Set<string>()
  for (const [index, one] of (config.kos ?? []).entries()) {
    const path: Path = ['kos', index]
    if (renderer.isTrue(one.disable, [...path, 'disable'])) continue
    const id = one.id || config.project_name || ''
    if (ids.has(id))
      renderer.problem('duplicate-id', path, `two entries of kos have the id ${id}`, 'give each its own `id`')
    ids.add(id)
    const builds = (config.builds ?? []).map((build) => build.id || config.project_name || '')
    if (one.build && !builds.includes(one.build)) {
      renderer.problem(
        'unknown-build',
        [...path, 'build'],
        `no build has the id ${one.build}`,
        `the builds are ${builds.join(', ')}`,
      )
    }
    const repository = (env['Env'] as Record<string, string> | undefined)?.['KO_DOCKER_REPO']
    if (!repository && (one.repositories ?? []).length === 0) {
      renderer.problem(
        'ko-repository',
        path,
        `kos[${index}] names no repository`,
        'set `repositories`, or the variable KO_DOCKER_REPO',
      )
    }
  }
}

/** The paths that a pattern stands for and that hold something. */
function pathsOf(value: unknown, pattern: string[]): Path[] {
  const [head, ...rest] = pattern
  if (head === undefined) return isSet(value) ? [[]] : []
  if (head === '*') {
    return Array.isArray(value) ? value.flatMap((one, index) => pathsOf(one, rest).map((path) => [index, ...path])) : []
  }
  if (typeof value !== 'object' || value === null) return []
  return pathsOf((value as Record<string, unknown>)[head], rest).map((path) => [head, ...path])
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== false && value !== ''
}
