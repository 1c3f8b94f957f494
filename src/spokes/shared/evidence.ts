import type { Evidence, Observation, State } from '../../core/states.ts'
import type { ChannelIO } from '../spoke.ts'

/** What was read just now. @example evidenceOf(io, url, 'the feed has no hello 1.2.3') */
export function evidenceOf(io: ChannelIO, from: string, what: string, digest?: string): Evidence {
  return { what, from, at: io.clock().toISOString(), ...(digest === undefined ? {} : { digest }) }
}

/** What a channel shows, and by which evidence. @example state('absent', [evidenceOf(io, url, 'answered 404')]) */
export function state(state: State, evidence: Evidence[], reason?: string): Observation {
  return { state, evidence, ...(reason === undefined ? {} : { reason }) }
}

/** An observation of one look. @example saw(io, 'absent', 'HEAD answers 404', url) */
export function saw(io: ChannelIO, shown: State, what: string, from: string, reason?: string): Observation {
  return state(shown, [evidenceOf(io, from, what)], reason)
}
