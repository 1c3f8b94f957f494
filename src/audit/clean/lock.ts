import { z } from 'zod'
import { TagonceError } from '../../core/errors.ts'
import { explain } from '../explain/explain.ts'
import type { Effect, ExplainedWorkflow, Explanation, Finding, Workflow } from '../model.ts'
import type { AuditInput } from '../rules/rule.ts'

/** Where the fan-out lock lies. */
export const LOCK_FILE = '.github/tagonce.lock.json'

/** Workflow → job → what it does to the world. */
type FanOut = Record<string, Record<string, string[]>>

const lockSchema = z.object({
  version: z.literal(1),
  /** The tags that are asked about, beside the next version. */
  tags: z.array(z.string()),
  events: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.array(z.string())))),
  /** Workflows that were taken away; old commits still hold them. */
  archived: z.array(z.string()),
})

/** What each way to start a release fires: written by `clean`, held against the repository by `audit --locked`. */
export type Lock = z.infer<typeof lockSchema>

type LockInput = Pick<AuditInput, 'tag' | 'workflows' | 'snapshot' | 'facts' | 'onTag'>

/** The lock of a repository as it is. */
export function lockOf(input: LockInput, archived: string[], tags: string[] = samples(input.tag)): Lock {
  return { version: 1, tags, events: fanOut(input, tags), archived: [...new Set(archived)].sort() }
}

/** A lock as it stands in the file. */
export function lockText(lock: Lock): string {
  return `${JSON.stringify(lock, null, 2)}\n`
}

/** Reads a lock; undefined where there is none. Throws `audit` where it is damaged. */
export function readLock(text: string | undefined): Lock | undefined {
  if (text === undefined) return undefined
  try {
    return lockSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new TagonceError('audit', `${LOCK_FILE} cannot be read`, {
      cause: error,
      hint: 'restore it from git, or write it anew with `tagonce clean --lock`',
    })
  }
}

/**
 * Findings where what fires is no longer what the lock holds: a second workflow, another job, another effect, or one less.
 * @example fanOutRegressions(readLock(text), audit.input) // [] while all is as it was
 */
export function fanOutRegressions(lock: Lock | undefined, input: LockInput): Finding[] {
  if (lock === undefined) {
    return [
      {
        rule: 'fanout-regression',
        severity: 'error',
        message: `there is no ${LOCK_FILE} to hold the workflows against`,
        where: { file: LOCK_FILE, line: 1, column: 1 },
        evidence: [],
        mend: 'write it with `tagonce clean --lock`, and commit it',
      },
    ]
  }
  const tags = [...new Set([...lock.tags, ...samples(input.tag)])]
  const now = fanOut(input, tags)
  const found: Finding[] = []
  for (const [event, fires] of Object.entries(now)) {
    // A version that the lock does not name is held against the one of its kind.
    const kind = event.includes('-rc.') ? lock.tags[1] : lock.tags[0]
    const locked = lock.events[event] ?? lock.events[event.replace(/tag .*/, `tag ${kind ?? ''}`)] ?? {}
    found.push(...compare(event, locked, fires, input.workflows))
  }
  const seen = new Set<string>()
  return found.filter((one) => {
    const key = one.message.replace(/tag \S+/, 'tag')
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}

function compare(event: string, locked: FanOut, now: FanOut, workflows: Workflow[]): Finding[] {
  const found: Finding[] = []
  const say = (path: string, message: string): void => {
    const where = workflows.find((one) => one.path === path)?.triggers[0]?.where ?? { file: path, line: 1, column: 1 }
    found.push({
      rule: 'fanout-regression',
      severity: 'error',
      message: `${event}: ${message}`,
      where,
      evidence: [
        {
          text: `the lock allows ${Object.keys(locked).join(', ') || 'nothing'}`,
          where: { file: LOCK_FILE, line: 1, column: 1 },
        },
      ],
      mend: 'take it back, or write the lock anew with `tagonce clean --lock` when it is meant',
    })
  }
  for (const [path, jobs] of Object.entries(now)) {
    const before = locked[path]
    if (before === undefined) {
      say(path, `${path} releases too: ${[...new Set(Object.values(jobs).flat())].join(', ')}`)
      continue
    }
    for (const [job, effects] of Object.entries(jobs)) {
      const more = effects.filter((one) => !(before[job] ?? []).includes(one))
      if (more.length > 0) say(path, `${path} › ${job} now does: ${more.join(', ')}`)
    }
  }
  for (const [path, jobs] of Object.entries(locked)) {
    for (const [job, effects] of Object.entries(jobs)) {
      const less = effects.filter((one) => !(now[path]?.[job] ?? []).includes(one))
      if (less.length > 0) say(path, `${path} › ${job} no longer does: ${less.join(', ')}`)
    }
  }
  return found
}

function samples(tag: string): string[] {
  return [tag, `${tag}-rc.1`]
}

function fanOut(input: LockInput, tags: string[]): Record<string, FanOut> {
  const { workflows, snapshot, facts } = input
  const base = { ...input.onTag.occurrence, commitMessage: '' }
  const ask = (event: string, tag: string, action?: string): FanOut =>
    releaseJobs(
      explain(
        { ...base, event, ref: `refs/tags/${tag}`, ...(action === undefined ? {} : { action }) },
        { workflows, snapshot, facts },
      ),
    )
  const [first = input.tag] = tags
  return {
    ...Object.fromEntries(tags.map((tag) => [`push of tag ${tag}`, ask('push', tag)])),
    'release published': ask('release', first, 'published'),
  }
}

/** The jobs of an answer that touch the world, what follows from them included. */
function releaseJobs(answer: Explanation): FanOut {
  const found: FanOut = {}
  const take = (workflow: ExplainedWorkflow, path: string): void => {
    if (workflow.state !== 'runs' && workflow.state !== 'unknown') return
    for (const job of workflow.jobs) {
      if (job.state !== 'runs' && job.state !== 'unknown') continue
      if (job.calls !== undefined) take(job.calls, path)
      const effects = job.steps
        .filter((one) => one.state === 'runs' || one.state === 'unknown')
        .flatMap((one) => one.effects.filter(locks).map(effectText))
      if (effects.length === 0) continue
      const jobs = (found[path] ??= {})
      jobs[job.id] = [...new Set([...(jobs[job.id] ?? []), ...effects])].sort()
    }
  }
  const walk = (one: Explanation): void => {
    for (const workflow of one.workflows) take(workflow, workflow.path)
    for (const next of one.next) if (next.explanation !== undefined) walk(next.explanation)
  }
  walk(answer)
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function locks(effect: Effect): boolean {
  return effect.kind !== 'push-commit' && effect.kind !== 'deploy'
}

/** `publish npm hello`, `create-release`. */
export function effectText(effect: Effect): string {
  return [effect.kind, effect.channel, effect.name].filter((part) => part !== undefined).join(' ')
}
