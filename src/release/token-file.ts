import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Config } from '../config/config.ts'
import { type Credentials, credentialsOf } from '../core/credentials.ts'

/**
 * Credentials that also know the token of `env_files.github_token` (by default `~/.config/goreleaser/github_token`), for when the variable
 * is not set. Its first line counts.
 */
export async function withTokenFile(
  credentials: Credentials,
  config: Config,
  root: string,
  home: string = homedir(),
): Promise<Credentials> {
  if (credentials.has('GITHUB_TOKEN')) return credentials
  const named = config.env_files?.github_token || '~/.config/goreleaser/github_token'
  const path = named.startsWith('~/') ? join(home, named.slice(2)) : resolve(root, named)
  const text = await readFile(path, 'utf8').catch(() => '')
  const token = text.split('\n')[0]?.trim() ?? ''
  if (token === '') return credentials
  const own = credentialsOf({ GITHUB_TOKEN: token })
  return {
    has: (name) => (name === 'GITHUB_TOKEN' ? true : credentials.has(name)),
    get: (name) => (name === 'GITHUB_TOKEN' ? own.get(name) : credentials.get(name)),
    plain: (name) => credentials.plain?.(name) ?? '',
  }
}
