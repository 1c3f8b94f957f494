import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { ClosedForNow, refusal } from './git-refusal.ts'
import { gitEnv } from './git.ts'
import type { Http } from './http.ts'
import { isSsh } from './git-route.ts'
import { run, type RunResult } from './process.ts'
import { sshCommandFor } from './ssh-key.ts'

/** How a remote is reached. */
export interface RemoteAccess {
  /** The public address, of any kind that git knows. */
  url: string
  sshCommand: string
  key: string
  /** For https: a token, sent as a password. */
  token?: string
}

/** With which key, by which program a commit is signed; empty = git's own default. */
export interface Signing {
  key: string
  program: string
  /** `openpgp`, `ssh` or `x509`. */
  format: string
}

export interface CommitOptions {
  message: string
  author: { name: string; email: string }
  signing: Signing | null
}

/** Where a branch of a remote stands. */
export interface RemoteHead {
  branch: string
  /** The commit to build on; null in an empty repository. */
  commit: string | null
  /** False when the branch has to be made, from the default branch. */
  exists: boolean
}

/** A repository on any git server, by plain git. Its folder, with the key, is gone when the scope ends. */
export interface GitRemote extends AsyncDisposable {
  /** Looks where a branch stands (empty = the default branch), and fetches that commit, without its history. */
  head(branch: string): Promise<RemoteHead>
  /** The text of a file at a fetched commit; null when there is none. */
  text(commit: string, path: string): Promise<string | null>
  /** A new commit of these changes (null removes); not pushed yet. */
  commit(
    parent: string | null,
    changes: { path: string; content: string | null }[],
    options: CommitOptions,
  ): Promise<string>
  /** Never by force: `moved` when somebody else was first. */
  push(commit: string, branch: string): Promise<'pushed' | 'moved'>
  /** Opens the way for a push without sending anything; throws what the server says against it. */
  mayPush(branch: string): Promise<void>
  /** Tries to sign; what git says when it can't, else null. Nothing is kept. */
  signs(signing: Signing): Promise<string | null>
  /** The commits before one, the nearest first, by first parents; fetches the history. */
  history(commit: string): Promise<string[]>
}

/** Milliseconds before trying again after a broken connection. */
const TRIES = [0, 1000, 4000]
/** Milliseconds after which a server that says nothing is given up. */
const DEADLINE = 120_000

/** An object that is none. */
const NOTHING = '0'.repeat(40)

const NOBODY = {
  GIT_AUTHOR_NAME: 'tagonce',
  GIT_AUTHOR_EMAIL: 'tagonce@localhost',
  GIT_COMMITTER_NAME: 'tagonce',
  GIT_COMMITTER_EMAIL: 'tagonce@localhost',
}

/**
 * @example
 * await using remote = await openRemote({ url: 'ssh://aur@aur.archlinux.org/hello-bin.git', sshCommand: '', key }, http, signal)
 * const { commit } = await remote.head('master')
 */
export async function openRemote(access: RemoteAccess, http: Http, signal: AbortSignal): Promise<GitRemote> {
  const route = http.gitRoute(access.url)
  const temp = await tempFolder('git')
  const repository = join(temp.path, 'repository')
  try {
    const env = await environment(access, route.local, temp.path)
    const git = (args: string[], more: { env?: Record<string, string>; input?: string } = {}): Promise<RunResult> =>
      run(['git', '-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', '--git-dir', repository, ...args], {
        cwd: temp.path,
        env: { ...gitEnv(env), ...more.env },
        signal,
        timeout: DEADLINE,
        ...(more.input === undefined ? {} : { input: more.input }),
      })
    const must = async (args: string[], more?: { env?: Record<string, string>; input?: string }): Promise<string> => {
      const { code, stdout, stderr } = await git(args, more)
      if (code !== 0) throw new TagonceError('spoke', `git ${args[0]} failed`, { output: stderr })
      return stdout.trim()
    }
    const talk = async (args: string[]): Promise<string> => {
      for (const [at, wait] of TRIES.entries()) {
        await after(wait, undefined, { signal })
        const { code, stdout, stderr } = await git(args)
        if (code === 0) return stdout
        const why = refusal(access.url, stderr)
        const isLast = at === TRIES.length - 1
        if (why.code !== 'network' || why instanceof ClosedForNow || isLast) throw why
      }
      throw new TagonceError('internal', 'no try was made')
    }
    await must(['init', '--quiet', '--bare', repository])
    const fetch = (ref: string, ...more: string[]): Promise<string> =>
      talk(['fetch', '--quiet', '--no-tags', ...more, route.url, ref])
    const isFetched = async (ref: string): Promise<boolean> => {
      try {
        await fetch(ref, '--depth=1')
        return true
      } catch (error) {
        if (error instanceof TagonceError && /couldn't find remote ref/i.test(error.output ?? '')) return false
        throw error
      }
    }
    return {
      async head(wanted) {
        // A named branch is mostly there: that saves a connection.
        if (wanted !== '' && (await isFetched(`refs/heads/${wanted}`))) {
          return { branch: wanted, commit: await must(['rev-parse', 'FETCH_HEAD']), exists: true }
        }
        const { standard, refs } = readRefs(await talk(['ls-remote', '--symref', route.url, 'HEAD', 'refs/heads/*']))
        const branch = wanted || standard || 'main'
        const from = refs.has(branch) ? branch : standard
        if (!refs.has(from)) return { branch, commit: null, exists: false }
        // By name: not every server hands out a commit by its id. Whoever moves it meanwhile is met by the push.
        await fetch(`refs/heads/${from}`, '--depth=1')
        return { branch, commit: await must(['rev-parse', 'FETCH_HEAD']), exists: from === branch }
      },
      async text(commit, path) {
        const { code, stdout } = await git(['cat-file', 'blob', `${commit}:${path}`])
        return code === 0 ? stdout : null
      },
      async commit(parent, changes, { message, author, signing }) {
        const index = { GIT_INDEX_FILE: join(temp.path, `index-${randomUUID()}`) }
        await must(parent === null ? ['read-tree', '--empty'] : ['read-tree', parent], { env: index })
        const lines: string[] = []
        for (const { path, content } of changes) {
          if (!isPath(path)) throw new TagonceError('config', `${JSON.stringify(path)} is no path in a repository`)
          const blob = content === null ? NOTHING : await must(['hash-object', '-w', '--stdin'], { input: content })
          lines.push(`${content === null ? '0' : '100644'} ${blob}\t${path}\0`)
        }
        await must(['update-index', '-z', '--replace', '--index-info'], { env: index, input: lines.join('') })
        const tree = await must(['write-tree'], { env: index })
        const people = {
          GIT_AUTHOR_NAME: author.name,
          GIT_AUTHOR_EMAIL: author.email,
          GIT_COMMITTER_NAME: author.name,
          GIT_COMMITTER_EMAIL: author.email,
        }
        const how = signing === null || route.local !== undefined ? [] : signed(signing)
        const flag = how.length === 0 ? [] : [signing?.key ? `-S${signing.key}` : '-S']
        const args = [...how, 'commit-tree', tree, ...(parent === null ? [] : ['-p', parent]), ...flag, '-F', '-']
        const { code, stdout, stderr } = await git(args, { env: people, input: message })
        if (code === 0) return stdout.trim()
        const hint =
          how.length === 0
            ? {}
            : { hint: 'look at commit_author.signing: the key and its program must be on this machine' }
        throw new TagonceError('spoke', 'the commit could not be made', { ...hint, output: stderr })
      },
      async push(commit, branch) {
        const args = ['push', '--quiet', '--no-verify', '--no-signed', route.url, `${commit}:refs/heads/${branch}`]
        try {
          // Again after a lost answer it is no other push: the commit is the same.
          await talk(args)
          return 'pushed'
        } catch (error) {
          const output = error instanceof TagonceError ? (error.output ?? '') : ''
          if (/non-fast-forward|fetch first|stale info|failed to lock|cannot lock ref/i.test(output)) return 'moved'
          throw error
        }
      },
      async mayPush(branch) {
        const tree = await must(['mktree'], { input: '' })
        const commit = await must(['commit-tree', tree, '-m', 'try'], { env: NOBODY })
        await talk(['push', '--dry-run', '--quiet', '--no-verify', route.url, `+${commit}:refs/heads/${branch}`])
      },
      async signs(signing) {
        if (route.local !== undefined) return null
        const tree = await must(['mktree'], { input: '' })
        const args = [
          ...signed(signing),
          'commit-tree',
          tree,
          signing.key === '' ? '-S' : `-S${signing.key}`,
          '-m',
          'try',
        ]
        const { code, stderr } = await git(args, { env: NOBODY })
        return code === 0 ? null : stderr.trim()
      },
      async history(commit) {
        const isShallow = await must(['rev-parse', '--is-shallow-repository'])
        if (isShallow === 'true') {
          const { refs } = readRefs(await talk(['ls-remote', route.url, 'refs/heads/*']))
          const branch = [...refs].find(([, at]) => at === commit)?.[0]
          if (branch !== undefined) await fetch(`refs/heads/${branch}`, '--unshallow')
        }
        return (await must(['rev-list', '--first-parent', '--max-count=101', commit])).split('\n').slice(1)
      },
      [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
    }
  } catch (error) {
    await temp[Symbol.asyncDispose]()
    throw error
  }
}

async function environment(
  access: RemoteAccess,
  local: { key: string; knownHosts: string } | undefined,
  folder: string,
): Promise<Record<string, string | undefined>> {
  // None of the user's settings may lead a rehearsal elsewhere.
  const alone = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  if (local !== undefined) {
    const { key, knownHosts } = local
    const command = await sshCommandFor({ url: access.url, sshCommand: '', key, knownHosts }, folder)
    return { PATH: process.env['PATH'], ...alone, GIT_SSH_COMMAND: command, GIT_SSH_VARIANT: 'ssh' }
  }
  const ssh = isSsh(access.url) ? { GIT_SSH_COMMAND: await sshCommandFor(access, folder) } : {}
  const basic = Buffer.from(`x-access-token:${access.token ?? ''}`).toString('base64')
  const token =
    access.token === undefined || !/^https:/i.test(access.url)
      ? {}
      : {
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: 'http.extraHeader',
          GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
        }
  return { ...process.env, ...ssh, ...token }
}

/** git passes over what is none, and says so only in passing. */
function isPath(path: string): boolean {
  return !/[\n\0]/.test(path) && path.split('/').every((part) => !/^(?:|\.|\.\.|\.git)$/i.test(part))
}

function signed({ program, format }: Signing): string[] {
  const kind = format || 'openpgp'
  const at = kind === 'openpgp' ? 'gpg.program' : `gpg.${kind}.program`
  return ['-c', `gpg.format=${kind}`, ...(program === '' ? [] : ['-c', `${at}=${program}`])]
}

function readRefs(text: string): { standard: string; refs: Map<string, string> } {
  let standard = ''
  const refs = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [first = '', name = ''] = line.split('\t')
    if (first.startsWith('ref: refs/heads/') && name === 'HEAD') standard = first.slice('ref: refs/heads/'.length)
    else if (name.startsWith('refs/heads/')) refs.set(name.slice('refs/heads/'.length), first)
  }
  return { standard, refs }
}
