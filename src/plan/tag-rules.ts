import type { Loaded } from '../config/load.ts'
import type { TagRules } from '../source/tags.ts'
import { engineOf } from './engine.ts'
import type { ProjectFiles } from './go-source.ts'
import { Problems, Renderer } from './renderer.ts'

/**
 * The `git` section of a config, for `inspect`. Its templates are rendered before anything is known of the tag, so they
 * see the environment only. What fails is left out here, and told by the plan.
 */
export function tagRules(
  loaded: Loaded,
  env: Record<string, string | undefined>,
  root: string,
  files: ProjectFiles,
): TagRules {
  const { git } = loaded.config
  const renderer = new Renderer(
    loaded,
    engineOf(root, files),
    { Env: { ...env }, Var: loaded.config.variables ?? {} },
    new Problems(),
  )
  const rules: TagRules = { ignoreTags: renderer.list(git?.ignore_tags, ['git', 'ignore_tags']) }
  const prefixes = renderer.list(git?.ignore_tag_prefixes, ['git', 'ignore_tag_prefixes'])
  if (prefixes.length > 0) rules.ignoreTagPrefixes = prefixes
  if (git?.tag_sort !== undefined) rules.tagSort = git.tag_sort
  const suffix = renderer.render(git?.prerelease_suffix, ['git', 'prerelease_suffix'])
  if (suffix !== '') rules.prereleaseSuffix = suffix
  const prefix = renderer.render(loaded.config.monorepo?.tag_prefix, ['monorepo', 'tag_prefix'])
  if (prefix !== '') rules.tagPrefix = prefix
  return rules
}
