import type { Evidence, Observation } from '../../core/states.ts'
import type { ChannelIO } from '../spoke.ts'

/** What was read just now. @example evidenceOf(io, url, 'the feed has no hello 1.2.3') */
export function evidenceOf(io: ChannelIO, from: string, what: string, digest?: string): Evidence {
  return { what, from, at: io.clock().toISOString(), ...(digest === undefined ? {} : { digest }) }
}

/** An observation of one look. @example saw(io, 'absent', 'HEAD answers 404', url) */
export function saw(
  io: ChannelIO,
  state: Observation['state'],
  what: string,
  from: string,
  reason?: string,
): Observation {
  return { state, evidence: [evidenceOf(io, from, what)], ...(reason === undefined ? {} : { reason }) }
}
