import type { Answer, NpmRegistry } from '../../external/npm-registry.ts'
import { npmRegistry } from '../../external/npm-registry.ts'
import { TagonceError } from '../../core/errors.ts'
import type { ChannelIO } from '../spoke.ts'
import type { NpmSettings } from './settings.ts'
import { exchangedToken } from './trusted.ts'

/** A client that reads as anybody would; a restricted package can only be read with the token. */
export function reader(settings: NpmSettings, io: ChannelIO): NpmRegistry {
  return settings.access === 'restricted' && (settings.trusted || io.credentials.has(settings.tokenEnv))
    ? writer(settings, io)
    : npmRegistry(io.http, nobody)
}

/** A client that acts as the owner of the token, or as the workflow that is a trusted publisher. */
export function writer(settings: Pick<NpmSettings, 'tokenEnv' | 'trusted'>, io: ChannelIO): NpmRegistry {
  return settings.trusted
    ? npmRegistry(io.http, (name) => exchangedToken(name, io))
    : npmRegistry(io.http, async () => io.credentials.get(settings.tokenEnv))
}

async function nobody(): Promise<undefined> {
  return undefined
}

/** The registry's refusal of a write, explained. */
export function refused(
  what: string,
  answer: Answer<unknown>,
  settings: Pick<NpmSettings, 'tokenEnv' | 'access' | 'trusted'>,
): TagonceError {
  const { status, message, headers } = answer
  const said = `${what}: the registry answered ${status}${message === '' ? '' : ` (${message})`}`
  if (settings.trusted && [401, 403, 404].includes(status)) {
    return new TagonceError('credentials', said, {
      hint: 'the workflow is a trusted publisher, but not for this: let a maintainer do it with npm, or use a token',
    })
  }
  const { tokenEnv } = settings
  const challenge = headers.get('www-authenticate') ?? ''
  if (status === 401 && (/otp/i.test(challenge) || /one-time pass/i.test(message))) {
    return new TagonceError('credentials', `${said}: it wants a one-time password`, {
      hint: `put an automation token or a granular token that bypasses two-factor authentication into ${tokenEnv}`,
    })
  }
  if (status === 401) {
    return new TagonceError('credentials', said, {
      hint: `the token in ${tokenEnv} is wrong, expired or revoked: make a new one`,
    })
  }
  if (status === 402) {
    return new TagonceError('credentials', said, { hint: 'private packages are paid for: set npms[].access to public' })
  }
  if (status === 404) {
    // The registry does not tell strangers what exists.
    return new TagonceError('credentials', said, {
      hint: `404 on a write means "you may not": the token in ${tokenEnv} must have write access to this package, or to its scope where the package is new`,
    })
  }
  if (status === 403) {
    return new TagonceError('credentials', said, {
      hint: `the owner of the token in ${tokenEnv} may not write here: ask a maintainer of the package, or choose another name`,
    })
  }
  if (status === 422 && /provenance/i.test(message)) {
    return new TagonceError('credentials', said, {
      hint: 'the registry does not take the provenance; nothing was published. `provenance: false` publishes without',
    })
  }
  if (status === 429) return new TagonceError('rate-limit', said, { hint: 'run the same command again later' })
  if (status >= 500) return new TagonceError('network', said, { hint: 'run the same command again' })
  return new TagonceError('spoke', said)
}
