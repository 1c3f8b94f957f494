import { setTimeout as after } from 'node:timers/promises'
import { TagonceError } from '../../core/errors.ts'
import type { GitHub, Repository } from '../../external/github.ts'
import type { Person } from '../../external/github-git.ts'

/** A branch of a repository on GitHub that holds small texts: a tap, a bucket, an index. */
export interface Place {
  owner: string
  name: string
  /** Empty = the default branch. */
  branch: string
}

/** Where a branch stands. */
export interface Head {
  branch: string
  /** The commit to build on; null in an empty repository. */
  commit: string | null
  /** False when the branch has to be made (from the default branch). */
  exists: boolean
}

/** A file to be written, or removed with `null`. */
export interface Change {
  path: string
  content: string | null
}

/** Milliseconds before reading again when somebody else moved the branch first. */
export const REPLAYS = [0, 250, 500, 1000, 2000, 4000]

export function repositoryOf(place: Place): Repository {
  return { owner: place.owner, repo: place.name }
}

/** Where a branch stood when it was looked at, and what was read there. */
interface Look {
  head: Head
  texts: Map<string, string | null>
}

/** The last look at each branch, by client; it is good for one try of a write. */
const looked = new WeakMap<GitHub, Map<string, Look>>()

function looksOf(github: GitHub): Map<string, Look> {
  const known = looked.get(github) ?? new Map<string, Look>()
  looked.set(github, known)
  return known
}

function keyOf({ owner, name, branch }: Place): string {
  return `${owner}/${name}#${branch}`.toLowerCase()
}

/** Reads where the branch stands. Throws `credentials` when there is no such repository, or it is hidden. */
export async function readHead(github: GitHub, place: Place): Promise<Head> {
  const head = await lookAtHead(github, place)
  const last = looksOf(github).get(keyOf(place))
  if (head.exists && last?.head.commit !== head.commit) looksOf(github).set(keyOf(place), { head, texts: new Map() })
  return head
}

async function lookAtHead(github: GitHub, place: Place): Promise<Head> {
  const at = repositoryOf(place)
  // What the default branch was named a moment ago is enough, as long as there is such a branch.
  const known = place.branch || github.repos.knownBranch(at)
  const there = known === undefined ? null : await github.gitData.readRef(at, `heads/${known}`)
  if (known !== undefined && there !== null) return { branch: known, commit: there.sha, exists: true }
  const standard = await github.repos.defaultBranch(at)
  if (standard === null) {
    throw new TagonceError(
      'credentials',
      `there is no repository ${place.owner}/${place.name}, or the token may not see it`,
      {
        hint: 'make the repository, or give the token access to it',
      },
    )
  }
  const branch = place.branch || standard
  const ref = branch === known ? null : await github.gitData.readRef(at, `heads/${branch}`)
  if (ref !== null) return { branch, commit: ref.sha, exists: true }
  const base = branch === standard ? null : await github.gitData.readRef(at, `heads/${standard}`)
  return { branch, commit: base?.sha ?? null, exists: false }
}

/** The text of a file at a commit; null when there is none. */
export async function readText(
  github: GitHub,
  place: Place,
  path: string,
  commit: string | null,
): Promise<string | null> {
  if (commit === null) return null
  const bytes = await github.repos.readContents(repositoryOf(place), path, commit)
  const text = bytes === null ? null : bytes.toString('utf8')
  const look = looksOf(github).get(keyOf(place))
  if (look?.head.commit === commit) look.texts.set(path, text)
  return text
}

/**
 * Writes files in one commit, never by force: commits of others stay. `changesAt` is asked anew for each head, with a reader of
 * what stands there, so that what others did meanwhile counts; without a change there is no commit. The first try builds on the
 * head that was seen last: where it moved on since, GitHub refuses, and the head is read again. An empty repository gets its
 * first file by a commit of its own.
 * Returns the new commit; null when nothing had to change.
 */
export async function commitFiles(
  github: GitHub,
  place: Place,
  changesAt: (head: Head, read: (path: string) => Promise<string | null>) => Promise<Change[]>,
  commit: { message: string; author: Person | null },
  signal: AbortSignal,
): Promise<string | null> {
  const at = repositoryOf(place)
  const { message, author } = commit
  const people = author === null ? {} : { author, committer: author }
  for (const [round, pause] of REPLAYS.entries()) {
    await after(pause, undefined, { signal })
    const seen = round === 0 ? looksOf(github).get(keyOf(place)) : undefined
    let head = seen?.head ?? (await readHead(github, place))
    let changes = await changesAt(head, async (path) => {
      const known = seen?.texts.get(path)
      return known === undefined ? readText(github, place, path, head.commit) : known
    })
    if (changes.length === 0 && seen !== undefined) {
      // "Nothing to do" is said of what stands there now.
      head = await readHead(github, place)
      const { commit: now } = head
      changes = await changesAt(head, (path) => readText(github, place, path, now))
    }
    const [first] = changes
    if (first === undefined) return null
    if (head.commit === null) {
      if (first.content === null) return null
      await github.repos.createFile(at, first.path, { content: first.content, message, ...people })
      continue
    }
    const tree = await github.gitData.createTree(
      at,
      head.commit,
      changes.map(({ path, content }) =>
        content === null ? { path, mode: '100644', sha: null } : { path, mode: '100644', content },
      ),
    )
    const sha = await github.gitData.createCommit(at, { message, tree, parents: [head.commit], ...people })
    const ref = `heads/${head.branch}`
    const answer = head.exists
      ? await github.gitData.updateRef(at, ref, sha)
      : await github.gitData.createRef(at, ref, sha)
    if (answer === 'moved' || answer === 'created') return sha
  }
  throw new TagonceError(
    'network',
    `${place.owner}/${place.name} was changed by others at each of ${REPLAYS.length} tries`,
    {
      hint: 'run the same command again',
    },
  )
}

/**
 * The text that a file had before the version that `isOurs` tells apart; null when there was none. Follows first
 * parents; `spoke` when it is not found within 100 commits.
 */
export async function textBefore(
  github: GitHub,
  place: Place,
  path: string,
  head: string,
  isOurs: (text: string) => boolean,
): Promise<string | null> {
  let sha = head
  for (let step = 0; step < 100; step++) {
    const text = await readText(github, place, path, sha)
    if (text === null || !isOurs(text)) return text
    const [parent] = (await github.gitData.readCommit(repositoryOf(place), sha)).parents
    if (parent === undefined) return null
    sha = parent
  }
  throw new TagonceError(
    'spoke',
    `${path} of ${place.owner}/${place.name}: what was there before is more than 100 commits away`,
    {
      hint: 'restore it by hand from its history',
    },
  )
}
