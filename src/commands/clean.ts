import { resolve } from 'node:path'
import { auditRepository } from '../audit/audit.ts'
import { applyChanges, rollBack } from '../audit/clean/apply.ts'
import { diffOf } from '../audit/clean/diff.ts'
import { LOCK_FILE, lockOf, lockText, readLock } from '../audit/clean/lock.ts'
import { cleanPlan, type CleanPlan } from '../audit/clean/plan.ts'
import type { RunReport } from '../audit/history/runs.ts'
import { openRepository, type OpenRepository } from '../audit/repository/facts.ts'
import { ARCHIVE_FOLDER } from '../audit/repository/git-facts.ts'
import { TagonceError, throwIfErrors } from '../core/errors.ts'
import type { GitHub } from '../external/github.ts'
import { historyCommand } from './history.ts'

export interface CleanCommandOptions {
  root: string
  env: Record<string, string | undefined>
  signal: AbortSignal
  keep?: string
  also: string[]
  /** Channels by name, or `urls`. */
  allowLoss: string[]
  apply: boolean
  /** Files with answers of GitHub's runs API. */
  runs: string[]
  /** Asks GitHub for the runs, too. */
  runsFrom?: GitHub
  /** With `apply`: disables what was removed; absent without a token. */
  github?: GitHub
  /** What happens while the plan is carried out. */
  onStep?: (step: string) => void
}

export interface Cleaned {
  plan: CleanPlan
  /** The plan as git shows changes. */
  diff: string
  applied: boolean
  /** An earlier clean had been interrupted, and was undone first. */
  undone: boolean
  /** Path → what GitHub made of it; absent where GitHub was not asked. */
  disabled?: Record<string, string>
}

/** Where archived workflows may go; the first that git does not ignore is taken. */
const FOLDERS = [ARCHIVE_FOLDER, 'docs/release-archive']

/**
 * Plans the clean-up of the commit that HEAD is at, and carries it out with `apply`: all of it or nothing.
 * @example (await cleanCommand({ root: '/repo', env, signal, also: [], allowLoss: [], apply: false, runs: [] })).plan
 */
export async function cleanCommand(options: CleanCommandOptions): Promise<Cleaned> {
  const { root, env, signal, also, allowLoss, github } = options
  const repository = await openRepository(root, env, signal)
  const journal = await journalOf(repository)
  const undone = await rollBack(repository.top, journal)
  const runs = await runsOf(options)
  const { input } = await auditRepository({ root: repository.top, env, signal, commit: 'HEAD' })
  const plan = cleanPlan(input, {
    also,
    allowLoss,
    folder: await archiveFolder(repository),
    ...(options.keep === undefined ? {} : { keep: options.keep }),
    ...(runs === undefined ? {} : { runs }),
  })
  const diff = await diffOf(plan.changes, (path) => input.snapshot.read(path), env)
  if (!options.apply) return { plan, diff, applied: false, undone }
  throwIfErrors('audit', 'the plan is refused; nothing was changed', plan.problems)
  await checkCommitted(repository, plan)
  const more = options.onStep === undefined ? {} : { onStep: options.onStep }
  await applyChanges(repository.top, journal, plan.changes, { signal, ...more })
  if (github === undefined) return { plan, diff, applied: true, undone }
  const removed = readLock(plan.changes.find((one) => one.path === LOCK_FILE)?.after ?? input.snapshot.read(LOCK_FILE))
  const disabled = await disableOnGitHub(github, input.facts.repository, removed?.archived ?? [])
  return { plan, diff, applied: true, undone, disabled }
}

/**
 * Writes the fan-out lock of the working tree anew, and nothing else.
 * @example (await lockCommand({ root: '/repo', env: process.env, signal })).changed
 */
export async function lockCommand(
  options: Pick<CleanCommandOptions, 'root' | 'env' | 'signal'>,
): Promise<{ file: string; changed: boolean }> {
  const repository = await openRepository(options.root, options.env, options.signal)
  await rollBack(repository.top, await journalOf(repository))
  const { input } = await auditRepository({ ...options, root: repository.top })
  const before = input.snapshot.read(LOCK_FILE)
  const after = lockText(lockOf(input, lenient(before)))
  const changes = before === after ? [] : [{ path: LOCK_FILE, after }]
  await applyChanges(repository.top, await journalOf(repository), changes, options)
  return { file: LOCK_FILE, changed: changes.length > 0 }
}

/** What a lock says was archived; a damaged one is what is being replaced. */
function lenient(text: string | undefined): string[] {
  try {
    return readLock(text)?.archived ?? []
  } catch {
    return []
  }
}

async function runsOf(options: CleanCommandOptions): Promise<RunReport | undefined> {
  const { runsFrom, root, env, signal, runs } = options
  if (runs.length === 0 && runsFrom === undefined) return undefined
  const asked = runsFrom === undefined ? {} : { github: runsFrom }
  return (await historyCommand({ root, env, signal, runs, ...asked })).runs
}

/** In git's own folder, which each worktree has for itself. */
export async function journalOf({ git, top }: OpenRepository): Promise<string> {
  return resolve(top, (await git.ask(['rev-parse', '--git-path', 'tagonce-journal'])) ?? '.git/tagonce-journal')
}

async function archiveFolder({ git }: OpenRepository): Promise<string> {
  for (const folder of FOLDERS) {
    const ignored = await git.run(['check-ignore', '--no-index', '-q', `${folder}/release.yml`])
    if (ignored.code !== 0) return folder
  }
  throw new TagonceError('audit', `git ignores ${FOLDERS.join(' and ')}, so archived workflows would be lost`, {
    hint: 'take one of them out of .gitignore',
  })
}

/** What is not committed could not be brought back from git. */
async function checkCommitted({ git }: OpenRepository, plan: CleanPlan): Promise<void> {
  const paths = plan.changes.flatMap((one) => (one.from === undefined ? [one.path] : [one.path, one.from]))
  if (paths.length === 0) return
  const dirty = await git.lines(['status', '--porcelain', '--untracked-files=all', '--', ...new Set(paths)])
  if (dirty.length === 0) return
  throw new TagonceError('audit', `these files are not committed: ${dirty.map((line) => line.slice(3)).join(', ')}`, {
    hint: 'commit them first: the archive names the commit that brings everything back',
  })
}

async function disableOnGitHub(github: GitHub, repository: string, removed: string[]): Promise<Record<string, string>> {
  const [owner = '', repo = ''] = repository.split('/')
  const at = { owner, repo }
  const answers: Record<string, string> = {}
  // The tree is changed already: what GitHub refuses is told, and the same command tries it again.
  const told = (error: unknown): string => {
    if (!(error instanceof TagonceError) || error.code === 'interrupted') throw error
    return `not disabled: ${error.message}`
  }
  const known = await github.actions.workflows(at).catch(told)
  if (typeof known === 'string') return Object.fromEntries(removed.map((path) => [path, known]))
  for (const path of removed) {
    const workflow = known.find((one) => one.path === path)
    if (workflow === undefined) answers[path] = 'GitHub does not know it'
    else if (workflow.state !== 'active') answers[path] = `was ${workflow.state} already`
    else {
      const answer = await github.actions.disable(at, workflow.id).catch(told)
      answers[path] = answer === true ? 'disabled' : (answer ?? 'GitHub does not know it')
    }
  }
  return answers
}
