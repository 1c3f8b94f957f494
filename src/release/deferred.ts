import { exitCodeOf, type Report } from '../converge/report.ts'
import type { Observation } from '../core/states.ts'
import { releaseAddress } from '../hub/address.ts'
import type { Plan } from '../plan/plan.ts'

/** The report where the hub is not public: every spoke waits for it (design rule 1). */
export function deferredReport(plan: Plan, hub: Observation): Report {
  const reason = `the hub is ${hub.state}${hub.reason === undefined ? '' : `: ${hub.reason}`}`
  const channels = plan.spokes.map(({ spoke, entry, units, skip }) => ({
    spoke,
    entry,
    units: units.map((unit) => ({
      id: unit.id,
      address: unit.address,
      ...(unit.pointer === undefined ? {} : { pointer: unit.pointer }),
      observation: { state: 'deferred' as const, reason, evidence: hub.evidence },
      actions: ['waits' as const],
    })),
    ...(skip === undefined ? {} : { skip }),
  }))
  const { project, version, source } = plan
  const whole = { ...hub, address: releaseAddress(plan.hub, source.tag) }
  // A draft is what was asked for; the spokes run later with `publish`.
  const exitCode = exitCodeOf({ hub, channels: hub.state === 'staged' ? [] : channels })
  return { project, tag: source.tag, version, hub: whole, channels, clients: [], exitCode }
}
