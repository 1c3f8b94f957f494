import { type OpenPlan, openPlan, type OpenPlanOptions } from '../plan/open.ts'

export type PlanCommandOptions = OpenPlanOptions

/**
 * `tagonce plan`: everything a release would make and publish, as data. Nothing is run.
 * @example const { plan } = await planCommand({ root: '/repo', env: process.env, snapshot: true })
 */
export function planCommand(options: PlanCommandOptions): Promise<OpenPlan> {
  return openPlan(options)
}
