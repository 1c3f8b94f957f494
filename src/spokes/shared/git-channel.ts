import { setTimeout as after } from 'node:timers/promises'
import { TagonceError } from '../../core/errors.ts'
import type { Evidence, Observation } from '../../core/states.ts'
import { createGitHub, type GitHub } from '../../external/github.ts'
import type { PullRequest } from '../../external/github-pulls.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO, Together } from '../spoke.ts'
import { checkDownload, refuseOtherBytes } from './check-download.ts'
import { evidenceOf } from './evidence.ts'
import { commitFiles, readHead, readText, repositoryOf, type Change, type Head, type Place } from './git-files.ts'
import { digestOf, judgeFiles, type VersionIn } from './git-judge.ts'
import { commitPlain, readPlain } from './git-plain.ts'
import { pullBody } from './git-pull-body.ts'
import type { GitUnit } from './git-unit.ts'

/** A client that acts for the repository; anonymous where the token is not set (observing a public one). */
export function githubFor(unit: Pick<GitUnit, 'api' | 'upload' | 'tokenEnv'>, io: ChannelIO): GitHub {
  const { api, upload, tokenEnv } = unit
  const token = io.credentials.has(tokenEnv) ? { token: io.credentials.get(tokenEnv) } : {}
  return createGitHub({ http: io.http, api, upload, ...token })
}

/** What the channel shows for a unit: the files themselves, else the pull request that brings them. Reads only. */
export async function observeFiles(unit: GitUnit, io: ChannelIO, versionIn: VersionIn): Promise<Observation> {
  if (unit.git !== null) {
    const paths = unit.files.map(({ path }) => path)
    const { head, texts } = await readPlain(unit, paths, io)
    return { ...judgeFiles(texts, unit, versionIn), evidence: [filesSeen(unit, texts, head, versionIn, io)] }
  }
  const github = githubFor(unit, io)
  const channel = unit.pullRequest ?? unit.place
  const head = await readHead(github, channel)
  const texts = await textsAt(github, channel, unit, head.exists ? head.commit : null)
  const seen = judgeFiles(texts, unit, versionIn)
  const evidence = [filesSeen(unit, texts, head, versionIn, io)]
  if (unit.pullRequest === null || seen.state === 'live' || seen.state === 'superseded') return { ...seen, evidence }
  const pull = await pullOf(github, unit)
  if (pull === undefined) return { ...seen, evidence }
  const about = evidenceOf(io, pull.url, `pull request #${pull.number} is ${pull.state}`)
  return { ...(await judgePull(github, unit, pull, versionIn)), evidence: [...evidence, about] }
}

/** The newest pull request of a unit's branch; undefined when there never was one. */
export async function pullOf(github: GitHub, unit: GitUnit): Promise<PullRequest | undefined> {
  if (unit.pullRequest === null) return undefined
  const [newest] = await github.pulls.from(repositoryOf(unit.pullRequest), unit.place.owner, unit.place.branch)
  return newest
}

async function judgePull(
  github: GitHub,
  unit: GitUnit,
  pull: PullRequest,
  versionIn: VersionIn,
): Promise<Omit<Observation, 'evidence'>> {
  if (pull.state === 'merged') {
    return { state: 'pending', reason: `${pull.url} is merged, and the channel does not show it yet` }
  }
  if (pull.state === 'closed') {
    return { state: 'blocked', reason: `${pull.url} was closed without merging: read why, and open it again there` }
  }
  const head = await readHead(github, unit.place)
  const texts = await textsAt(github, unit.place, unit, head.exists ? head.commit : null)
  const { state, reason } = judgeFiles(texts, unit, versionIn)
  if (state === 'live') return { state: 'pending', reason: `${pull.url} waits for a reviewer` }
  return { state: 'absent', reason: `${pull.url} holds something else${reason === undefined ? '' : ` (${reason})`}` }
}

async function textsAt(github: GitHub, place: Place, unit: GitUnit, commit: string | null): Promise<(string | null)[]> {
  return Promise.all(unit.files.map(({ path }) => readText(github, place, path, commit)))
}

function filesSeen(unit: GitUnit, texts: (string | null)[], head: Head, versionIn: VersionIn, io: ChannelIO): Evidence {
  const commit = head.exists ? head.commit : null
  const where = commit === null ? 'no commit there yet' : `commit ${commit.slice(0, 10)}`
  const path = unit.files[0]?.path ?? ''
  const there = texts.filter((text) => text !== null)
  const version = there.map((text) => versionIn(text)).find((one) => one !== undefined)
  const isThere = there.length > 0
  const what = isThere ? `${path} ${version ?? 'without a version'} (${where})` : `no ${path} (${where})`
  return evidenceOf(io, unit.address, what, isThere ? digestOf(texts) : undefined)
}

/** All files of a release that go into one branch make one commit, and with it at most one pull request. */
export function oneCommit(versionIn: VersionIn): Together<GitUnit> {
  return {
    key: ({ place, git, pullRequest }) => {
      if (git !== null) return `${git.url}#${place.branch}`
      const to = pullRequest === null ? '' : `>${pullRequest.owner}/${pullRequest.name}`
      return `${place.owner}/${place.name}#${place.branch}${to}`.toLowerCase()
    },
    async publish(units, hub, io) {
      const [first] = units
      if (first === undefined) return
      if (first.unit.git !== null) {
        await sameBytes(units, hub, io)
        const { author, signing } = first.unit
        const message = messageOf(units)
        const changes = (read: Read): Promise<Change[]> => changesOf(units, versionIn, read)
        const sha = await commitPlain(first.unit, changes, { message, author, signing }, io)
        return tell(first.unit, sha, io)
      }
      // Without it a write would be anonymous, and the refusal say less.
      io.credentials.get(first.unit.tokenEnv)
      const github = githubFor(first.unit, io)
      await sameBytes(units, hub, io)
      if (first.unit.pullRequest !== null) await prepareBranch(github, first.unit, io)
      await commit(github, units, versionIn, io)
      if (first.unit.pullRequest !== null) await openPull(github, first.unit, io)
    },
  }
}

/** Before anything is written: users would be sent to what they can't install. */
async function sameBytes(units: { unit: GitUnit }[], hub: HubReader, io: ChannelIO): Promise<void> {
  await Promise.all(units.map(({ unit }) => refuseOtherBytes(unit.downloads, hub, io, unit.unfetchable)))
}

async function commit(
  github: GitHub,
  units: { unit: GitUnit; seen: Observation }[],
  versionIn: VersionIn,
  io: ChannelIO,
): Promise<void> {
  const [first] = units
  if (first === undefined) return
  const { place, author } = first.unit
  const sha = await commitFiles(
    github,
    place,
    (_head, read) => changesOf(units, versionIn, read),
    { message: messageOf(units), author },
    io.signal,
  )
  tell(first.unit, sha, io)
}

type Read = (path: string) => Promise<string | null>

/** What has to change for units to be live, by what stands there now. */
async function changesOf(
  units: { unit: GitUnit; seen: Observation }[],
  versionIn: VersionIn,
  read: Read,
): Promise<Change[]> {
  const changes: Change[] = []
  for (const { unit, seen } of units) {
    const texts = await Promise.all(unit.files.map(({ path }) => read(path)))
    const { state } = judgeFiles(texts, unit, versionIn)
    // Somebody may have brought a newer version meanwhile; only who was told to may replace it.
    if (state === 'live' || (state === 'superseded' && seen.state !== 'superseded')) continue
    unit.files.forEach(({ path, content }, at) => {
      if (texts[at] !== content) changes.push({ path, content })
    })
  }
  return changes
}

function messageOf(units: { unit: GitUnit }[]): string {
  const [subject = '', ...others] = [...new Set(units.map((one) => one.unit.message))]
  return others.length === 0 ? subject : `${subject}\n\n${others.join('\n')}`
}

function tell({ place }: GitUnit, sha: string | null, io: ChannelIO): void {
  io.task.log(sha === null ? `${place.name}: nothing to commit` : `${place.name}: commit ${sha.slice(0, 10)}`)
}

/** Milliseconds before looking again whether a new fork is filled. */
const FORK_WAITS = [0, 1000, 2000, 4000, 8000, 15_000]

/**
 * A branch of the fork that begins where the channel's own branch stands now: what else is in the fork does not get
 * into the pull request. A branch that is there already stays.
 */
async function prepareBranch(github: GitHub, unit: GitUnit, io: ChannelIO): Promise<void> {
  const { place, pullRequest } = unit
  if (pullRequest === null) return
  const base = await readHead(github, pullRequest)
  if (base.commit === null || !base.exists) {
    throw new TagonceError('spoke', `${pullRequest.owner}/${pullRequest.name} has no branch ${base.branch}`, {
      hint: 'name the branch in repository.pull_request.base.branch, or leave it out',
    })
  }
  const fork = repositoryOf(place)
  const isFork = `${place.owner}/${place.name}` !== `${pullRequest.owner}/${pullRequest.name}`
  if (isFork) await ensureFork(github, unit, io)
  if ((await github.gitData.readRef(fork, `heads/${place.branch}`)) !== null) return
  // The fork must know the commit that the branch begins at.
  if (isFork) await github.pulls.syncFork(fork, base.branch)
  await github.gitData.createRef(fork, `heads/${place.branch}`, base.commit)
}

async function ensureFork(github: GitHub, unit: GitUnit, io: ChannelIO): Promise<void> {
  const { place, pullRequest } = unit
  if (pullRequest === null || (await github.repos.defaultBranch(repositoryOf(place))) !== null) return
  const isOwn = (await github.pulls.login())?.toLowerCase() === place.owner.toLowerCase()
  await github.pulls.fork(repositoryOf(pullRequest), place.name, ...(isOwn ? [] : [place.owner]))
  io.task.log(`${place.owner}/${place.name}: forked from ${pullRequest.owner}/${pullRequest.name}`)
  for (const wait of FORK_WAITS) {
    await after(wait, undefined, { signal: io.signal })
    const standard = await github.repos.defaultBranch(repositoryOf(place))
    if (standard !== null && (await github.gitData.readRef(repositoryOf(place), `heads/${standard}`)) !== null) return
  }
  throw new TagonceError('network', `GitHub has not filled the new fork ${place.owner}/${place.name} yet`, {
    hint: 'run the same command again',
  })
}

/** One pull request for each version, ever: one that was closed stays closed. */
async function openPull(github: GitHub, unit: GitUnit, io: ChannelIO): Promise<void> {
  const { place, pullRequest, message } = unit
  if (pullRequest === null || (await pullOf(github, unit)) !== undefined) return
  const base = await readHead(github, pullRequest)
  const body = await pullBody(github, pullRequest, base, unit.files)
  const opened = await github.pulls.open(repositoryOf(pullRequest), {
    title: message.split('\n')[0] ?? message,
    body,
    head: `${place.owner}:${place.branch}`,
    base: base.branch,
    draft: pullRequest.draft,
  })
  if (opened === 'exists') return
  if (opened === 'nothing') {
    throw new TagonceError(
      'spoke',
      `${place.owner}:${place.branch} holds nothing that ${pullRequest.owner}/${pullRequest.name} lacks`,
    )
  }
  io.task.log(`${pullRequest.name}: ${opened.url}`)
}

/** Reads the files as users get them, fetches each URL in them, and compares all with the hub. */
export async function verifyFiles(
  unit: GitUnit,
  hub: HubReader,
  io: ChannelIO,
  versionIn: VersionIn,
  looked?: Observation,
): Promise<Observation> {
  const seen = looked ?? (await observeFiles(unit, io, versionIn))
  if (seen.state !== 'live') return seen
  const checks = await Promise.all(unit.downloads.map((one) => checkDownload(one, hub, io, unit.unfetchable)))
  const evidence = [...seen.evidence, ...checks.map((one) => one.evidence)]
  const wrong = checks.map((one) => one.wrong).filter((one) => one !== undefined)
  return wrong.length === 0 ? { ...seen, evidence } : { state: 'mismatch', reason: wrong.join('; '), evidence }
}
