import type { Outside } from '../config/outside.ts'
import { openPlan } from '../plan/open.ts'
import type { Plan } from '../plan/plan.ts'
import { planSpokes } from '../release/spokes.ts'

export interface PlanCommandOptions {
  /** Absolute root of the project. */
  root: string
  env: Record<string, string | undefined>
  /** The config to read; looked up unless set. */
  config?: string
  /** Reads what the config names by an address. */
  outside?: Outside
  snapshot?: boolean
  /** The tag by name, before all other rules. */
  currentTag?: string
  signal?: AbortSignal
}

/**
 * `tagonce plan`: everything a release would make and publish, as data. Nothing is run; what is wrong is in `plan.diagnostics`.
 * @example const { plan } = await planCommand({ root: '/repo', env: process.env, snapshot: true })
 */
export async function planCommand(options: PlanCommandOptions): Promise<{ plan: Plan }> {
  const { plan } = await openPlan({ ...options, planSpokes: (config) => planSpokes(config, new Set()) })
  return { plan }
}
