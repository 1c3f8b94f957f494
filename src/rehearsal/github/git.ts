import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { run, type RunResult } from '../../external/process.ts'

/** The environment of every git process here: none of the user's configuration. */
export const GIT_ENV: Record<string, string> = {
  PATH: process.env['PATH'] ?? '',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
}

export interface GitOptions {
  input?: string | Uint8Array
  env?: Record<string, string>
  /** Whether a status other than 0 is an answer. */
  mayFail?: boolean
}

/** Runs git in a bare repository. */
export async function git(folder: string, args: string[], options: GitOptions = {}): Promise<RunResult> {
  const result = await run(['git', '--git-dir', folder, ...args], {
    env: { ...GIT_ENV, ...options.env },
    ...(options.input === undefined ? {} : { input: options.input }),
  })
  if (result.code !== 0 && options.mayFail !== true) {
    throw new TagonceError('internal', `git ${args[0]} failed in the local world`, { output: result.stderr })
  }
  return result
}

/**
 * Makes an empty bare repository that can be cloned and pushed to over HTTP.
 * @param updateHook a shell script that may refuse the change of a ref
 */
export async function initBare(folder: string, branch: string, updateHook: string): Promise<void> {
  const made = await run(['git', 'init', '-q', '--bare', '-b', branch, folder], { env: GIT_ENV })
  if (made.code !== 0) throw new TagonceError('internal', 'git init failed in the local world', { output: made.stderr })
  appendFileSync(
    join(folder, 'config'),
    '[http]\n\treceivepack = true\n[uploadpack]\n\tallowAnySHA1InWant = true\n\tallowFilter = true\n[gc]\n\tauto = 0\n[receive]\n\tdenyDeleteCurrent = refuse\n',
  )
  mkdirSync(join(folder, 'hooks'), { recursive: true })
  writeFileSync(join(folder, 'hooks', 'update'), updateHook, { mode: 0o755 })
}

export interface GitObject {
  sha: string
  type: string
  bytes: Buffer
}

/** An object by its id or any name git knows; `undefined` when there is none. */
export async function readObject(folder: string, name: string): Promise<GitObject | undefined> {
  if (/[\n\0]/.test(name)) return undefined
  const { bytes } = await git(folder, ['cat-file', '--batch'], { input: `${name}\n`, mayFail: true })
  const end = bytes.indexOf(10)
  const [sha = '', type = '', size] = bytes.subarray(0, end).toString().split(' ')
  if (size === undefined) return undefined
  return { sha, type, bytes: bytes.subarray(end + 1, end + 1 + Number(size)) }
}

/** Writes an object; its id. */
export async function writeObject(folder: string, type: string, content: string | Uint8Array): Promise<string> {
  const { stdout } = await git(folder, ['hash-object', '-t', type, '-w', '--stdin'], { input: content })
  return stdout.trim()
}

export interface GitRef {
  ref: string
  sha: string
  type: string
}

/** All refs, sorted by name, whose names begin with a text. */
export async function listRefs(folder: string, prefix = 'refs/'): Promise<GitRef[]> {
  const { stdout } = await git(folder, ['for-each-ref', '--format=%(objectname) %(objecttype) %(refname)'])
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [sha = '', type = '', ref = ''] = line.split(' ')
      return { ref, sha, type }
    })
    .filter((one) => one.ref.startsWith(prefix))
}

/** The object that a ref names; `undefined` when there is no such ref. */
export async function resolveRef(folder: string, ref: string): Promise<string | undefined> {
  const { code, stdout } = await git(folder, ['show-ref', '--verify', '--hash', ref], { mayFail: true })
  return code === 0 ? stdout.trim() : undefined
}

/** The commit behind a branch, a tag (peeled), `HEAD` or an id; `undefined` when there is none. */
export async function resolveCommit(folder: string, name: string): Promise<string | undefined> {
  if (name === '' || name.startsWith('-')) return undefined
  const candidates = /^[0-9a-f]{40}$/.test(name)
    ? [name]
    : [`refs/heads/${name}`, `refs/tags/${name}`, ...(name.startsWith('refs/') || name === 'HEAD' ? [name] : [])]
  for (const candidate of candidates) {
    const found = await git(folder, ['rev-parse', '--verify', '-q', `${candidate}^{commit}`], { mayFail: true })
    if (found.code === 0) return found.stdout.trim()
  }
  return undefined
}

/** Whether a name may follow `refs/tags/`. */
export async function isRefName(folder: string, ref: string): Promise<boolean> {
  return (await git(folder, ['check-ref-format', ref], { mayFail: true })).code === 0
}
