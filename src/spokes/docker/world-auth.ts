import type { WorldRequest, WorldStore } from '../world.ts'
import { answerJson, refuse, rulesOf } from './world-state.ts'
import type { RegistryRules } from './world-state.ts'

/** What a token is good for. It is not signed: nobody here has to be kept out. */
interface Token {
  user: string | null
  /** `octo/hello` → `['pull', 'push']` */
  access: Record<string, string[]>
  /** Milliseconds since the epoch. */
  ends: number
}

/** The host whose tokens a registry takes; Docker Hub has one apart. */
function realmOf(host: string): string {
  return host.endsWith('docker.io') ? 'https://auth.docker.io/token' : `https://${host}/token`
}

function serviceOf(host: string): string {
  return host.endsWith('docker.io') ? 'registry.docker.io' : host
}

/**
 * Gives a token for what the user may do of what was asked: less than asked is given without a word.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
export function giveToken(request: WorldRequest, store: WorldStore): Response {
  const rules = rulesOf(store)
  const login = loginOf(request)
  if (login !== undefined && !isKnown(login, rules)) {
    return answerJson({ details: 'incorrect username or password' }, 401)
  }
  const access: Token['access'] = {}
  for (const scope of request.query.getAll('scope').flatMap((one) => one.split(' '))) {
    const [kind, name, actions = ''] = scope.split(':')
    if (kind !== 'repository' || name === undefined) continue
    access[name] = actions.split(',').filter((action) => may(action, name, login?.user ?? null, rules))
  }
  const lasts = rules.tokenLasts ?? 300
  const token: Token = { user: login?.user ?? null, access, ends: Date.now() + lasts * 1000 }
  const text = Buffer.from(JSON.stringify(token)).toString('base64url')
  return answerJson({ token: text, access_token: text, expires_in: lasts, issued_at: new Date().toISOString() })
}

/** Why a request is not let in; undefined when it is. */
export function refusalOf(
  request: WorldRequest,
  store: WorldStore,
  name?: string,
  action = 'pull',
): Response | undefined {
  const rules = rulesOf(store)
  const scope = name === undefined ? '' : `,scope="repository:${name}:${action === 'pull' ? 'pull' : 'pull,push'}"`
  const challenge = (error = ''): Response =>
    refuse('UNAUTHORIZED', undefined, {
      'www-authenticate': `Bearer realm="${realmOf(request.host)}",service="${serviceOf(request.host)}"${scope}${error}`,
    })
  const token = tokenOf(request)
  if (token === undefined) return challenge()
  if (token.ends < Date.now()) return challenge(',error="invalid_token"')
  if (name === undefined || token.access[name]?.includes(action) === true) return undefined
  // Who may do it needs another token; who may not is told so.
  if (token.access[name] === undefined || may(action, name, token.user, rules))
    return challenge(',error="insufficient_scope"')
  return refuse('DENIED')
}

function may(action: string, name: string, user: string | null, rules: RegistryRules): boolean {
  if (action === 'pull') return user !== null || rules.private?.includes(name) !== true
  return user !== null && rules.denied?.includes(name) !== true
}

interface Login {
  user: string
  password: string
}

function loginOf(request: WorldRequest): Login | undefined {
  const basic = /^Basic (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (basic === undefined) return undefined
  const [user = '', ...rest] = Buffer.from(basic, 'base64').toString().split(':')
  return { user, password: rest.join(':') }
}

function isKnown({ user, password }: Login, { accounts }: RegistryRules): boolean {
  if (user === '' || password === '') return false
  return accounts === undefined || accounts[user] === password
}

function tokenOf(request: WorldRequest): Token | undefined {
  const text = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (text === undefined) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as Token
  } catch {
    return undefined
  }
}
