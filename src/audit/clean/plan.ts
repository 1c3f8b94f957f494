import type { CleanOptions } from './options.ts'
import type { Diagnostic } from '../../core/errors.ts'
import { TagonceError } from '../../core/errors.ts'
import { explain } from '../explain/explain.ts'
import { measureNow, type Metrics } from '../metrics/metrics.ts'
import type { AuditInput } from '../rules/rule.ts'
import type { FileChange } from './apply.ts'
import { archiveText, type Archived } from './archive.ts'
import { candidatesOf, type Candidate } from './candidates.ts'
import { lockOf, lockText, LOCK_FILE, readLock } from './lock.ts'
import { channelProblems, keepProblems, urlProblems, workProblems, type ChannelFate } from './problems.ts'
import { mendReferences } from './references.ts'
import { reportsOf, type Reported } from './reports.ts'
import { chooseSurvivor } from './survivor.ts'

/** The way out, as data. Nothing is touched yet. */
export interface CleanPlan {
  tag: string
  commit: string
  survivor?: { path: string; because: string }
  candidates: { path: string; startedBy: string; hubFed: string[]; ownBytes: string[]; alsoFor: string[] }[]
  archived: { from: string; to: string; why: string }[]
  /** What is left to a person. */
  reported: Reported[]
  channels: ChannelFate[]
  changes: FileChange[]
  /** Errors refuse the plan; each says by which name it may be allowed. */
  problems: Diagnostic[]
  metrics: Metrics
}

/**
 * Chooses the workflow that stays, and says what becomes of all others, of their channels and of the addresses in use.
 * @example cleanPlan(audit.input, { also: [], allowLoss: [], folder: 'archive/workflows' }).survivor?.path
 */
export function cleanPlan(input: AuditInput, options: CleanOptions): CleanPlan {
  const { runs, folder } = options
  const candidates = candidatesOf(input, runs?.records ?? [])
  const inUse = input.channels.flatMap((one) => one.files.map((file) => file.wanted.split('/').at(-1) ?? file.wanted))
  const chosen = chooseSurvivor(candidates, inUse)
  const survivor = options.keep === undefined ? chosen.survivor : named(candidates, options.keep)
  const also = options.also.map((name) => pathNamed(input, name))
  const goes = candidates.filter((one) => one !== survivor && (one.alsoFor.length === 0 || also.includes(one.path)))
  const because = (one: Candidate): string =>
    options.keep === undefined
      ? (chosen.against.get(one.path) ?? 'it releases, too')
      : `${options.keep} was named to stay`
  const taken = new Set(input.snapshot.paths)
  const archived: Archived[] = [
    ...goes.map((one) => ({ from: one.path, to: place(folder, one.path, taken), why: because(one), candidate: one })),
    ...also
      .filter((path) => goes.every((one) => one.path !== path) && path !== survivor?.path)
      .map((from) => ({ from, to: place(folder, from, taken), why: 'it was named with --also' })),
  ]
  const removed = new Set(archived.map((one) => one.from))
  const kept = input.workflows.filter((one) => !removed.has(one.path))
  const after = { ...input, workflows: kept }
  const onTag = explain(input.onTag.occurrence, { workflows: kept, snapshot: input.snapshot, facts: input.facts })
  const channels = channelProblems(survivor, goes, input, options)
  const references =
    survivor === undefined ? { changes: [], left: [] } : mendReferences(input.snapshot, [...removed], survivor.path)
  const others = candidates.filter((one) => one !== survivor && !removed.has(one.path))
  const before = readLock(input.snapshot.read(LOCK_FILE))
  return {
    tag: input.tag,
    commit: input.onTag.occurrence.commit,
    ...(survivor === undefined
      ? {}
      : { survivor: { path: survivor.path, because: why(survivor, candidates, options) } }),
    candidates: candidates.map(({ path, startedBy, hubFed, ownBytes, alsoFor }) => ({
      path,
      startedBy,
      hubFed,
      ownBytes,
      alsoFor,
    })),
    archived: archived.map(({ from, to, why: reason }) => ({ from, to, why: reason })),
    reported: [
      ...startedByHand(survivor, references.changes),
      ...reportsOf(input, removed, candidates, references.left),
    ],
    channels: channels.fates,
    changes: [
      ...moves(archived, survivor, input, folder),
      ...references.changes,
      { path: LOCK_FILE, after: lockText(lockOf({ ...after, onTag }, [...(before?.archived ?? []), ...removed])) },
    ].filter((one) => one.after !== input.snapshot.read(one.path)),
    problems: [
      ...channels.problems,
      ...urlProblems(survivor, goes, inUse, options),
      ...workProblems(others, goes, kept),
      ...keepProblems(survivor, candidates, options),
    ],
    metrics: { before: measureNow(input.onTag), after: measureNow(onTag), afterIs: 'planned' },
  }
}

/** Commands that now start the workflow that stays, though it cannot be started by hand. */
function startedByHand(survivor: Candidate | undefined, changes: FileChange[]): Reported[] {
  if (survivor === undefined || survivor.workflow.triggers.some((one) => one.event === 'workflow_dispatch')) return []
  const name = survivor.path.split('/').at(-1) ?? survivor.path
  return changes
    .filter((one) => one.after?.split('\n').some((line) => /gh workflow run /.test(line) && line.includes(name)))
    .map((one) => ({ path: one.path, what: `starts ${name} by hand, and that has no \`workflow_dispatch\` trigger` }))
}

function moves(archived: Archived[], survivor: Candidate | undefined, input: AuditInput, folder: string): FileChange[] {
  if (archived.length === 0 || survivor === undefined) return []
  const file = `${folder}/ARCHIVE.md`
  const text = archiveText(archived, survivor.path, input.onTag.occurrence.commit, input.snapshot.read(file))
  return [
    ...archived.map(({ from, to }) => ({ path: to, from, after: input.snapshot.read(from) ?? '' })),
    ...archived.map(({ from }) => ({ path: from, after: undefined })),
    { path: file, after: text },
  ]
}

function why(survivor: Candidate, candidates: Candidate[], options: CleanOptions): string {
  if (options.keep !== undefined) return 'it was named with --keep'
  if (candidates.length === 1) return 'it is the only one that releases'
  const fed = survivor.hubFed.length === 0 ? 'no channel' : survivor.hubFed.join(', ')
  const last = survivor.record?.lastSuccess
  return `it feeds ${fed} from the hub${last === undefined ? '' : `, and last succeeded on ${last.tag}`}`
}

function named(candidates: Candidate[], name: string): Candidate {
  const found = candidates.find((one) => one.path === name || one.path.endsWith(`/${name}`))
  if (found !== undefined) return found
  throw new TagonceError('usage', `${name} is no workflow that releases on a tag`, {
    hint: `choose one of ${candidates.map((one) => one.path).join(', ') || 'none: no workflow releases on a tag'}`,
  })
}

function pathNamed(input: AuditInput, name: string): string {
  const all = input.snapshot.paths.filter((path) => path.startsWith('.github/workflows/'))
  const found = all.find((path) => path === name || path.endsWith(`/${name}`))
  if (found !== undefined) return found
  throw new TagonceError('usage', `there is no ${name} in .github/workflows`, { hint: `there are ${all.join(', ')}` })
}

/** A place in the archive that nothing holds yet. */
function place(folder: string, from: string, taken: Set<string>): string {
  const name = from.split('/').at(-1) ?? from
  for (let at = 1; ; at += 1) {
    const path = `${folder}/${at === 1 ? name : name.replace(/(\.[^.]*)$/, `.${at}$1`)}`
    if (!taken.has(path)) return path
  }
}
