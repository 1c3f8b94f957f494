import { type Loaded, readConfig } from '../config/load.ts'
import type { Outside } from '../config/outside.ts'
import type { Diagnostic } from '../core/errors.ts'
import { inspect } from '../source/inspect.ts'
import { validate } from '../source/validate.ts'
import { type LateRenderer, lateRenderer } from './late.ts'
import { planAndRenderer, type PlanOptions } from './make.ts'
import type { Plan } from './plan.ts'
import { projectFiles } from './project-files.ts'
import { tagRules } from './tag-rules.ts'

export interface OpenPlanOptions extends Omit<PlanOptions, 'files'> {
  /** The config to read; looked up unless set. */
  config?: string
  /** Reads what the config names by an address; absent: such a config is refused. */
  outside?: Outside
  snapshot?: boolean
  /** A nightly build: of this commit, whatever tag it has, under a version of its own. */
  nightly?: boolean
  /** The tag by name, before all other rules. */
  currentTag?: string
  signal?: AbortSignal
}

export interface OpenPlan {
  plan: Plan
  loaded: Loaded
  /** For templates that can only be rendered when files exist: signatures, SBOMs, notes. */
  late: LateRenderer
}

/**
 * Reads config and git and plans the release. Only reads, and throws only where there is nothing to plan (`config`,
 * `source`): all else that is wrong is in `plan.diagnostics`, that of the config first, then that of git.
 * @example const { plan } = await openPlan({ root: '/repo', env: process.env, snapshot: true })
 */
export async function openPlan(options: OpenPlanOptions): Promise<OpenPlan> {
  const { root, env } = options
  const files = projectFiles(root)
  const loaded = await readConfig(root, {
    ...(options.config === undefined ? {} : { file: options.config }),
    ...(options.outside === undefined ? {} : { outside: options.outside }),
  })
  const found = await inspect(root, {
    ...tagRules(loaded, env, root, files),
    env,
    snapshot: options.snapshot ?? false,
    ...(options.currentTag === undefined ? {} : { currentTag: options.currentTag }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const source = options.nightly === true ? { ...found, nightly: true } : found
  const { plan, renderer } = planAndRenderer(loaded, source, { ...options, files })
  const later = loaded.unsupported.map(({ key, position }): Diagnostic => {
    const message = `\`${key}\` is not carried out yet; a release stops here`
    return {
      severity: 'warning',
      code: 'not-built',
      message,
      where: position,
      mend: `leave it out, or pass over it with --skip=${key}`,
    }
  })
  const diagnostics = options.skip?.has('validate') ? [] : validate(source)
  // What can't be read is told once, by the config.
  const unread = new Set(loaded.diagnostics.filter((one) => one.code === 'template-syntax').map(placeOf))
  const planned = plan.diagnostics.filter((one) => one.code !== 'template' || !unread.has(placeOf(one)))
  return {
    loaded,
    late: lateRenderer(renderer),
    plan: { ...plan, diagnostics: [...loaded.diagnostics, ...later, ...diagnostics, ...planned] },
  }
}

function placeOf({ where }: Diagnostic): string {
  return where === undefined ? '' : `${where.file}:${where.line}:${where.column}`
}
