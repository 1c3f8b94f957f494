import { TagonceError } from '../core/errors.ts'
import { keepSecret } from '../core/secrets.ts'
import { run, type RunResult } from './process.ts'

/** Variables of git that say how to reach or trust a repository; all others could lead it to another one. */
const KEPT = /^GIT_(CONFIG|SSH|SSL|HTTP_|PROXY|ASKPASS$|CEILING_DIRECTORIES$|EXEC_PATH$)/

/**
 * The environment git runs in: nothing of an outer git (a hook sets GIT_DIR), English answers, no prompt, no write to the index.
 * @example gitEnv({ GIT_DIR: '/x', PATH: '/bin' }) // { PATH: '/bin', LC_ALL: 'C', … }
 */
export function gitEnv(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' }
}

export interface Git {
  /** Runs git in the folder; a status other than 0 is an answer. `tool-missing` where there is no git. */
  run(args: string[]): Promise<RunResult>
  /** The answer without its last newline, or `undefined` where git fails. */
  ask(args: string[]): Promise<string | undefined>
  /** The lines of the answer; none where git fails. */
  lines(args: string[]): Promise<string[]>
}

/**
 * git in a folder, by argument vectors.
 * @example await gitIn('/repo', process.env).ask(['rev-parse', 'HEAD']) // '1f2e…'
 */
export function gitIn(folder: string, env: Record<string, string | undefined>, signal?: AbortSignal): Git {
  const childEnv = gitEnv(env)
  const git: Git = {
    async run(args) {
      const options = { cwd: folder, env: childEnv, ...(signal === undefined ? {} : { signal }) }
      try {
        return await run(['git', '-c', 'log.showSignature=false', ...args], options)
      } catch (error) {
        if (!(error instanceof TagonceError) || error.code !== 'tool-missing') throw error
        throw new TagonceError('tool-missing', 'git could not be started', {
          cause: error,
          hint: 'install git and put it on the PATH; also look whether the folder exists',
        })
      }
    },
    async ask(args) {
      const result = await git.run(args)
      return result.code === 0 ? result.stdout.replace(/\n$/, '') : undefined
    },
    async lines(args) {
      return ((await git.ask(args)) ?? '').split('\n').filter((line) => line !== '')
    },
  }
  return git
}

/**
 * The URL without user and password (an SSH user without a password stays: it is part of the address). The password is kept secret.
 * @example withoutCredentials('https://x:ghp_abc@github.com/o/r.git') // 'https://github.com/o/r.git'
 */
export function withoutCredentials(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)([^/@]*(?:@[^/@]*)*)@(.*)$/is.exec(url)
  if (match === null) return url
  const [, scheme = '', user = '', rest = ''] = match
  const colon = user.indexOf(':')
  if (colon >= 0) keepSecret(decode(user.slice(colon + 1)))
  if (!/ssh/i.test(scheme)) {
    if (colon < 0) keepSecret(user)
    return scheme + rest
  }
  return `${scheme}${colon < 0 ? user : user.slice(0, colon)}@${rest}`
}

/**
 * Owner and name of a repository, read off its URL; `undefined` where the URL has no such parts.
 * @example repositoryOf('git@github.com:cli/cli.git') // { owner: 'cli', name: 'cli' }
 */
export function repositoryOf(url: string): { owner: string; name: string } | undefined {
  const bare = withoutCredentials(url.trim())
    .replace(/\/$/, '')
    .replace(/\.git$/, '')
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/]*\/(.*)$/i.exec(bare)?.[1] ?? /^[^/:]+:(?!\/\/)(.*)$/.exec(bare)?.[1]
  const parts = (path ?? '').split('/').filter((part) => part !== '')
  const name = parts.pop()
  if (name === undefined || parts.length === 0) return undefined
  return { owner: parts.join('/'), name }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
