import { createHash } from 'node:crypto'
import { Refused } from './refuse.ts'
import type { GithubState, TokenState } from './state.ts'

/** How much of an hour's requests a caller has used; a document, so that it outlives the process. */
interface Window {
  used: number
  /** Epoch seconds. */
  reset: number
}

export interface RateLimit {
  limit: number
  used: number
  remaining: number
  reset: number
}

function nameOf(token: TokenState | undefined): string {
  if (token === undefined) return 'rate/anonymous'
  return `rate/${createHash('sha256').update(token.token).digest('hex').slice(0, 16)}`
}

/** The limit of a caller, as it stands. */
export function rateLimit(state: GithubState, token: TokenState | undefined): RateLimit {
  const now = Math.floor(Date.now() / 1000)
  const known = state.store.read<Window>(nameOf(token))
  const { used, reset } = known === undefined || known.reset <= now ? { used: 0, reset: now + 3600 } : known
  // In reality 60 for each address; here all clients of a rehearsal share one, as users of different machines do not.
  const anonymous = 60_000
  const own = token?.kind === 'actions' ? 1000 : 5000
  const limit = state.store.read<number>('rate-limit') ?? (token === undefined ? anonymous : own)
  return { limit, used, remaining: Math.max(0, limit - used), reset }
}

/** Counts a request; 403 when the hour is used up. */
export function countRequest(state: GithubState, token: TokenState | undefined): void {
  const before = rateLimit(state, token)
  if (before.remaining === 0) {
    const who = token === undefined ? '127.0.0.1' : `user ID ${state.account(token.login).id}`
    throw new Refused(403, `API rate limit exceeded for ${who}.`)
  }
  state.store.write(nameOf(token), { used: before.used + 1, reset: before.reset } satisfies Window)
}

export function rateHeaders(limit: RateLimit): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit.limit),
    'x-ratelimit-remaining': String(limit.remaining),
    'x-ratelimit-used': String(limit.used),
    'x-ratelimit-reset': String(limit.reset),
    'x-ratelimit-resource': 'core',
  }
}
