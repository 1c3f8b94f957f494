import { TagonceError } from '../../core/errors.ts'
import { keepSecret } from '../../core/secrets.ts'
import { NPM_REGISTRY, npmRegistry } from '../../external/npm-registry.ts'
import { workflowIdentity } from '../shared/workflow-identity.ts'
import type { ChannelIO } from '../spoke.ts'

interface Token {
  value: string
  /** Milliseconds since the epoch. */
  until: number
}

/** How long a token is used; npm does not tell how long it lasts. */
const USED = 5 * 60_000

/** Tokens of this run by package: each is good for one. */
const exchanged = new WeakMap<ChannelIO['credentials'], Map<string, Promise<Token>>>()

/**
 * A token that lives for minutes, made from the identity of the workflow (https://docs.npmjs.com/trusted-publishers). Throws
 * `credentials` where npm does not know this workflow as a publisher of the package.
 */
export async function exchangedToken(name: string, io: ChannelIO): Promise<string> {
  const known = exchanged.get(io.credentials) ?? new Map<string, Promise<Token>>()
  exchanged.set(io.credentials, known)
  const before = await known.get(name)
  if (before !== undefined && before.until > io.clock().getTime()) return before.value
  const made = exchange(name, io)
  known.set(name, made)
  made.catch(() => known.delete(name))
  return (await made).value
}

async function exchange(name: string, io: ChannelIO): Promise<Token> {
  const identity = await workflowIdentity(`npm:${new URL(NPM_REGISTRY).host}`, io)
  const registry = npmRegistry(io.http, async () => undefined)
  const { body, status, message } = await registry.exchange(name, identity)
  const value = body?.token
  if (value === undefined) {
    const passing = status >= 500 || status === 429
    const said = `npm does not take this workflow as a publisher of ${name}: it answered ${status} (${message})`
    throw new TagonceError(passing ? 'network' : 'credentials', said, {
      hint: passing
        ? 'run the same command again'
        : `publish ${name} once with a token, then add the repository and the workflow's file name at https://www.npmjs.com/package/${name}/access`,
    })
  }
  keepSecret(value)
  return { value, until: io.clock().getTime() + USED }
}
