import { setTimeout as after } from 'node:timers/promises'
import { TagonceError } from '../../core/errors.ts'
import { withoutCredentials } from '../../external/git.ts'
import { openRemote, type GitRemote } from '../../external/git-remote.ts'
import type { ChannelIO } from '../spoke.ts'
import { REPLAYS, type Change, type Head } from './git-files.ts'
import type { GitUnit } from './git-unit.ts'

/** What a repository on any git server needs of a unit. */
export type PlainUnit = Pick<GitUnit, 'git' | 'tokenEnv' | 'place'>

/** Who commits where the config leaves it to GitHub; GoReleaser's default. */
const ANONYMOUS = { name: 'goreleaserbot', email: 'bot@goreleaser.com' }

/** Opens the unit's repository by plain git. */
export async function remoteOf(unit: PlainUnit, io: ChannelIO): Promise<GitRemote> {
  const { git, tokenEnv } = unit
  if (git === null) throw new TagonceError('internal', 'this unit is not reached by plain git')
  const { url, sshCommand, keyEnv, keyPath } = git
  const key = keyEnv !== '' && io.credentials.has(keyEnv) ? io.credentials.get(keyEnv) : keyPath
  const token = isGitHub(unit) && io.credentials.has(tokenEnv) ? { token: io.credentials.get(tokenEnv) } : {}
  return openRemote({ url, sshCommand, key, ...token }, io.http, io.signal)
}

/** Whether the token of the API opens the repository: it is GitHub's own address, and there is no key. */
function isGitHub({ git, place }: PlainUnit): boolean {
  return (
    git !== null && git.keyEnv === '' && git.keyPath === '' && git.url.endsWith(`/${place.owner}/${place.name}.git`)
  )
}

/** Where the unit's branch stands, and the texts there. Reads only. */
export async function readPlain(
  unit: PlainUnit,
  paths: string[],
  io: ChannelIO,
): Promise<{ head: Head; texts: (string | null)[] }> {
  await using remote = await remoteOf(unit, io)
  const head = await remote.head(unit.place.branch)
  const at = head.exists ? head.commit : null
  const texts = await Promise.all(paths.map(async (path) => (at === null ? null : remote.text(at, path))))
  return { head, texts }
}

/**
 * Like `commitFiles`, by plain git: one commit, never by force, and none where nothing changes.
 * `before` gives the text that a file had before the version that `isOurs` tells apart.
 */
export async function commitPlain(
  unit: PlainUnit,
  changesAt: (read: (path: string) => Promise<string | null>, before: Before) => Promise<Change[]>,
  commit: { message: string } & Pick<GitUnit, 'author' | 'signing'>,
  io: ChannelIO,
): Promise<string | null> {
  await using remote = await remoteOf(unit, io)
  for (const pause of REPLAYS) {
    await after(pause, undefined, { signal: io.signal })
    const head = await remote.head(unit.place.branch)
    const { commit: at } = head
    const read = async (path: string): Promise<string | null> => (at === null ? null : remote.text(at, path))
    const before: Before = async (path, isOurs) => {
      for (const sha of at === null ? [] : await remote.history(at)) {
        const text = await remote.text(sha, path)
        if (text === null || !isOurs(text)) return text
      }
      return null
    }
    const changes = await changesAt(read, before)
    if (changes.length === 0) return null
    const { message, author, signing } = commit
    const sha = await remote.commit(at, changes, { message, author: author ?? ANONYMOUS, signing })
    if ((await remote.push(sha, head.branch)) === 'pushed') return sha
  }
  const where = withoutCredentials(unit.git?.url ?? '')
  throw new TagonceError('network', `${where} was changed by others at each of ${REPLAYS.length} tries`, {
    hint: 'run the same command again',
  })
}

/** The text that a file had before the version that `isOurs` tells apart; null when there was none. */
export type Before = (path: string, isOurs: (text: string) => boolean) => Promise<string | null>
