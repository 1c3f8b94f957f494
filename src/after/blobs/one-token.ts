import type { Credentials } from '../../core/credentials.ts'
import type { ChannelIO } from '../../spokes/spoke.ts'

export interface Token {
  token: string
  /** Milliseconds since 1970. */
  expires: number
}

/** One token for all objects of a run, until a minute before it ends. @example const tokenOf = oneToken(login); await tokenOf(io) */
export function oneToken(make: (io: ChannelIO) => Promise<Token>): (io: ChannelIO) => Promise<string> {
  const tokens = new WeakMap<Credentials, Promise<Token>>()
  return async (io) => {
    for (;;) {
      const known = tokens.get(io.credentials)
      if (known === undefined) {
        const made = make(io)
        tokens.set(io.credentials, made)
        return (await made).token
      }
      const { token, expires } = await known
      if (expires - io.clock().getTime() > 60_000) return token
      // Another may have done it while we waited.
      if (tokens.get(io.credentials) === known) tokens.delete(io.credentials)
    }
  }
}
