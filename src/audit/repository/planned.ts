import { findConfigs } from '../../config/find.ts'
import { type Loaded, readConfig } from '../../config/load.ts'
import { TagonceError } from '../../core/errors.ts'
import { makePlan } from '../../plan/make.ts'
import type { Plan } from '../../plan/plan.ts'
import { projectFiles } from '../../plan/project-files.ts'
import { tagRules } from '../../plan/tag-rules.ts'
import { inspect } from '../../source/inspect.ts'
import type { Source } from '../../source/source.ts'
import { parseVersion } from '../../source/version.ts'

export interface PlannedConfig {
  loaded: Loaded
  plan: Plan
}

/**
 * What the release of a tag would make, whether or not the tag exists: the config of a folder with the git facts of now,
 * under that tag. Undefined where there is no config; a plan with problems is still a plan.
 * @example (await plannedFor('/repo', 'v2.0.1', process.env, signal))?.plan.archives.map((one) => one.name)
 */
export async function plannedFor(
  root: string,
  tag: string,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
  remote = '',
): Promise<PlannedConfig | undefined> {
  if (findConfigs(root).length === 0) return undefined
  const files = projectFiles(root)
  try {
    const loaded = await readConfig(root)
    const all = { ...standIns(loaded.text), ...env }
    const found = await inspect(root, { ...tagRules(loaded, all, root, files), env: all, snapshot: true, signal })
    const source = asTagged({ ...found, url: remote === '' ? found.url : remote }, tag)
    return { loaded, plan: makePlan(loaded, source, { root, env: all, files }) }
  } catch (error) {
    // What stops the plan altogether is told by `check`; the audit goes on with the workflows.
    if (error instanceof TagonceError && error.code !== 'interrupted') return undefined
    throw error
  }
}

function asTagged(source: Source, tag: string): Source {
  const semver = parseVersion(tag)
  const version = tag.replace(/^v/, '')
  return {
    ...source,
    tag,
    version,
    rawVersion: version,
    snapshot: false,
    previousTag: source.tag === tag ? source.previousTag : source.tag,
    ...(semver === undefined ? { semverValid: false } : { semver, semverValid: true }),
  }
}

/** Values for variables that only the workflow has, so that one that is absent here does not hide every name. */
function standIns(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/\.Env\.([A-Za-z_]\w*)/g)].map((found) => [found[1] ?? '', found[1] ?? '']),
  )
}
