import { applyChanges, rollBack, type FileChange } from '../audit/clean/apply.ts'
import { diffOf } from '../audit/clean/diff.ts'
import { LOCK_FILE, lockOf, lockText, readLock } from '../audit/clean/lock.ts'
import { auditRepository, type Audit } from '../audit/audit.ts'
import { explain } from '../audit/explain/explain.ts'
import type { ReleaseFacts } from '../audit/release-workflow/facts.ts'
import { envNames, readFacts } from '../audit/release-workflow/read-facts.ts'
import { RELEASING_FILE, releasingText } from '../audit/release-workflow/releasing-text.ts'
import { releaseWorkflow, WRITTEN } from '../audit/release-workflow/workflow-text.ts'
import { openRepository } from '../audit/repository/facts.ts'
import { parseWorkflow } from '../audit/workflow/parse.ts'
import { TagonceError } from '../core/errors.ts'
import { makePlan } from '../plan/make.ts'
import { projectFiles } from '../plan/project-files.ts'
import { planSpokes, spokeNamed } from '../release/spokes.ts'
import { VERSION } from '../version.ts'
import { journalOf } from './clean.ts'

export interface WorkflowOptions {
  root: string
  env: Record<string, string | undefined>
  signal: AbortSignal
  /** The workflow's file; the one that releases now unless set. */
  file?: string
  /** Only say what has drifted. */
  check: boolean
}

export interface WorkflowAnswer {
  path: string
  /** Files that are not what they should be; written, unless it was only a check. */
  changed: string[]
  diff: string
  /** What is left to a person. */
  notes: string[]
}

/**
 * Writes the one release workflow, RELEASING.md and the fan-out lock from the repository's own config; or checks them.
 * @example (await workflowCommand({ root: '/repo', env: process.env, signal, check: true })).changed // [] while all is right
 */
export async function workflowCommand(options: WorkflowOptions): Promise<WorkflowAnswer> {
  const { root, env, signal } = options
  const repository = await openRepository(root, env, signal)
  const journal = await journalOf(repository)
  await rollBack(repository.top, journal)
  const { input } = await auditRepository({ root: repository.top, env, signal })
  const facts = factsOf(input, options, repository.top)
  const text = releaseWorkflow(facts)
  const notes: string[] = []
  const changes: FileChange[] = [{ path: facts.path, after: text }]
  const page = input.snapshot.read(RELEASING_FILE)
  if (page === undefined || page.slice(0, 200).includes(WRITTEN))
    changes.push({ path: RELEASING_FILE, after: releasingText(facts) })
  else notes.push(`${RELEASING_FILE} was written by somebody else, and stays as it is; move it away to get ours`)
  changes.push({ path: LOCK_FILE, after: await newLock(input, facts.path, text) })
  for (const builder of facts.otherBuilders)
    notes.push(`the builder ${builder} needs its tools on the runner; see the comment in ${facts.path}`)
  const differing = changes.filter((one) => one.after !== input.snapshot.read(one.path))
  const diff = await diffOf(differing, (path) => input.snapshot.read(path), env)
  if (!options.check) await applyChanges(repository.top, journal, differing, { signal })
  return { path: facts.path, changed: differing.map((one) => one.path), diff, notes }
}

function factsOf(input: Audit['input'], options: WorkflowOptions, root: string): ReleaseFacts {
  const { config } = input
  if (config === undefined) {
    throw new TagonceError('config', 'there is no config that can be read, so nothing to release by', {
      hint: 'write .goreleaser.yaml, and look at `tagonce check`',
    })
  }
  // Variables that only the workflow has must not hide a channel.
  const standIns = Object.fromEntries(envNames([config.loaded.text]).map((name) => [name, name]))
  const plan = makePlan(config.loaded, config.plan.source, {
    root,
    env: { ...standIns, ...options.env },
    files: projectFiles(root),
    planSpokes: (all) => planSpokes(all, new Set()),
  })
  const channels = plan.spokes
    .filter((one) => one.skip === undefined)
    .map(({ spoke, entry, settings }) => ({ spoke, entry, credentials: spokeNamed(spoke).credentials(settings) }))
  const named = options.file === undefined ? {} : { file: options.file }
  const first = readFacts(input, plan, channels, { version: VERSION, ...named })
  // A check holds the file against the version that it runs, not against the one that happens to check.
  const runs = /\btagonce@(\d[\w.+-]*) release/.exec(input.snapshot.read(first.path) ?? '')?.[1]
  return options.check && runs !== undefined ? { ...first, version: runs } : first
}

/** The lock as it is once the workflow stands there. */
async function newLock(input: Audit['input'], path: string, text: string): Promise<string> {
  const workflow = await parseWorkflow(path, text)
  const workflows = [...input.workflows.filter((one) => one.path !== path), workflow]
  const onTag = explain(input.onTag.occurrence, { workflows, snapshot: input.snapshot, facts: input.facts })
  let before
  try {
    before = readLock(input.snapshot.read(LOCK_FILE))
  } catch {
    // A damaged lock is written anew.
  }
  return lockText(lockOf({ ...input, workflows, onTag }, before?.archived ?? [], before?.tags))
}
