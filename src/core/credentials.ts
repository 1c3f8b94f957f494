import { TagonceError } from './errors.ts'
import { keepSecret } from './secrets.ts'

/** Secrets by the name of their environment variable. Nothing else holds one. */
export interface Credentials {
  has(name: string): boolean
  /** The value, registered for masking. Throws `credentials` when it is not set or empty. */
  get(name: string): string
  /** A variable that is no secret (`HOME`), not masked; empty where it is not set, and in a rehearsal always. */
  plain?(name: string): string
}

/** Credentials from an environment. */
export function credentialsOf(env: Record<string, string | undefined>): Credentials {
  return {
    has: (name) => (env[name] ?? '') !== '',
    get(name) {
      const value = env[name] ?? ''
      if (value === '') throw new TagonceError('credentials', `${name} is not set`, { hint: `export ${name}=…` })
      keepSecret(value)
      return value
    },
    plain: (name) => env[name] ?? '',
  }
}
