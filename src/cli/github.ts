import { credentialsOf } from '../core/credentials.ts'
import { TagonceError } from '../core/errors.ts'
import { createGitHub, type GitHub } from '../external/github.ts'
import { createHttp } from '../external/http.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'

/** Whether the environment holds a token for GitHub. */
export function hasGitHubToken(context: Context): boolean {
  const credentials = credentialsOf(context.env)
  return credentials.has('GITHUB_TOKEN') || credentials.has('GH_TOKEN')
}

/** The GitHub client of a command, with the token of the environment; without one, only where reading is enough. */
export function githubOf(context: Context, options: { anonymous: boolean }): GitHub {
  const { env, signal, events } = context
  const credentials = credentialsOf(env)
  const name = credentials.has('GITHUB_TOKEN') ? 'GITHUB_TOKEN' : 'GH_TOKEN'
  if (!credentials.has(name) && !options.anonymous) {
    throw new TagonceError('credentials', 'there is no token for GitHub', { hint: 'export GITHUB_TOKEN=…' })
  }
  const server = env['GITHUB_SERVER_URL'] ?? 'https://github.com'
  const own = server !== 'https://github.com'
  return createGitHub({
    http: createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` }),
    api: own ? `${server}/api/v3` : 'https://api.github.com',
    upload: own ? `${server}/api/uploads` : 'https://uploads.github.com',
    ...(credentials.has(name) ? { token: credentials.get(name) } : {}),
  })
}
