import type { Observation, State } from '../core/states.ts'
import type { Unit } from '../spokes/spoke.ts'

/** What is done for a unit, and why. */
export interface Decision {
  /** `publish` now · `wait` for another run · `leave` as it is · `stop`: a person has to mend it. */
  action: 'publish' | 'wait' | 'leave' | 'stop'
  reason: string
}

/** A unit that has to be live first, as its channel shows it; no observation = it is not part of this run. */
export interface Need {
  id: string
  seen?: Observation
}

/**
 * What to do for a unit, from what its channel shows. Pure.
 * Nothing is published over what is live, newer or burnt, and nothing before the units that it needs; a pointer moves
 * backwards only where it was named.
 * @example decide(unit, { state: 'absent', evidence: [] }, []) // { action: 'publish', reason: 'absent' }
 */
export function decide(unit: Unit, seen: Observation, needs: Need[], allowBackwards = false): Decision {
  const why = seen.reason === undefined ? seen.state : `${seen.state}: ${seen.reason}`
  if (seen.state === 'superseded' && allowBackwards) return afterNeeds(needs, `told to move back (${why})`)
  const action = ACTIONS[seen.state]
  return action === 'publish' ? afterNeeds(needs, why) : { action, reason: why }
}

const ACTIONS: Readonly<Record<State, Decision['action']>> = {
  absent: 'publish',
  partial: 'publish',
  staged: 'leave',
  pending: 'leave',
  live: 'leave',
  superseded: 'leave',
  deferred: 'wait',
  unknown: 'wait',
  blocked: 'stop',
  mismatch: 'stop',
  retracted: 'stop',
}

function afterNeeds(needs: Need[], reason: string): Decision {
  const lacking = needs.find((one) => one.seen?.state !== 'live')
  if (lacking === undefined) return { action: 'publish', reason }
  return { action: 'wait', reason: `needs ${lacking.id}, which is ${lacking.seen?.state ?? 'not part of this run'}` }
}
