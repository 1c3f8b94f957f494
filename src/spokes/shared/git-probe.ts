import { type Diagnostic, TagonceError } from '../../core/errors.ts'
import { withoutCredentials } from '../../external/git.ts'
import type { ChannelIO, Finding } from '../spoke.ts'
import { githubFor } from './git-channel.ts'
import { repositoryOf } from './git-files.ts'
import { remoteOf } from './git-plain.ts'
import type { RepositorySettings } from './repository.ts'

/** Reads only: is there a repository, may the token write to it, is there one to open a pull request in. */
export async function probeRepository(
  channel: string,
  settings: RepositorySettings,
  io: ChannelIO,
): Promise<Finding[]> {
  const found = await answered(channel, settings, io)
  return found.map((one) => ({ key: ['repository'], ...one }))
}

async function answered(channel: string, settings: RepositorySettings, io: ChannelIO): Promise<Diagnostic[]> {
  try {
    return settings.git === null ? await look(channel, settings, io) : await lookPlain(channel, settings, io)
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code === 'interrupted') throw error
    const { owner, name } = settings.repository
    const where = settings.git === null ? `${owner}/${name}` : withoutCredentials(settings.git.url)
    // What does not answer now may answer later; a token that is refused will not.
    const severity = ['credentials', 'spoke'].includes(error.code) ? 'error' : 'warning'
    const mend = error.hint === undefined ? {} : { mend: error.hint }
    return [{ severity, code: `${channel}-unread`, message: `${where} could not be read: ${error.message}`, ...mend }]
  }
}

/** Opens the way for a push, and sends nothing: that tells a key that may only read. */
async function lookPlain(channel: string, settings: RepositorySettings, io: ChannelIO): Promise<Diagnostic[]> {
  const { git, repository } = settings
  const { owner, name, branch, tokenEnv } = repository
  await using remote = await remoteOf({ git, tokenEnv, place: { owner, name, branch } }, io)
  await remote.mayPush((await remote.head(branch)).branch)
  if (settings.signing === null) return []
  const unsigned = await remote.signs(settings.signing)
  return unsigned === null
    ? []
    : [
        {
          severity: 'error',
          code: `${channel}-signing`,
          message: `a commit can not be signed here: ${unsigned}`,
          mend: 'put the key and its program on this machine, or leave commit_author.signing out',
        },
      ]
}

async function look(channel: string, settings: RepositorySettings, io: ChannelIO): Promise<Diagnostic[]> {
  const { repository, pullRequest } = settings
  const { owner, name, tokenEnv } = repository
  const github = githubFor(repository, io)
  const found: Diagnostic[] = []
  const say = (severity: 'error' | 'warning', rule: string, message: string, mend: string): number =>
    found.push({ severity, code: `${channel}-${rule}`, message, mend })
  const whole = `${owner}/${name}`
  const facts = await github.repos.read(repositoryOf(repository))
  if (facts === null) {
    if (pullRequest === null) {
      const message = `there is no repository ${whole}, or ${tokenEnv} may not see it`
      say('error', 'repository-missing', message, 'make it, or give the token access')
    }
  } else {
    if (facts.archived)
      say('error', 'repository-archived', `${whole} is archived: nothing can be pushed`, 'unarchive it')
    if (facts.push === false) {
      say(
        'error',
        'repository-read-only',
        `${tokenEnv} may not push to ${whole}`,
        'give the token contents:write on it',
      )
    }
    if (facts.private && pullRequest === null) {
      say('warning', 'repository-private', `${whole} is private: only who may read it can install`, 'make it public')
    }
  }
  if (pullRequest === null) return found
  const upstream = `${pullRequest.owner}/${pullRequest.name}`
  const base = await github.repos.read(repositoryOf(pullRequest))
  if (base === null) {
    const message = `there is no repository ${upstream} to open a pull request in, or ${tokenEnv} may not see it`
    say('error', 'base-missing', message, 'mend repository.pull_request.base')
  } else if (base.archived) {
    say(
      'error',
      'base-archived',
      `${upstream} is archived: it takes no pull requests`,
      'mend repository.pull_request.base',
    )
  }
  return found
}
