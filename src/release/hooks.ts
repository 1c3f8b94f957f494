import { runHooks } from '../builders/hooks.ts'
import type { Config } from '../config/config.ts'
import { TagonceError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { Command, Plan } from '../plan/plan.ts'
import { envOf } from '../plan/renderer.ts'
import { splitCommand } from '../plan/shell-words.ts'
import { isChosen, type Subject, subjectFields, subjectOf, subjectOfBinary } from '../signing/subject.ts'

interface HookIO {
  root: string
  env: Record<string, string | undefined>
  events: Events
  signal: AbortSignal
  stripSecrets: boolean
}

/** Pro's `after`: when all else is done. A hook that fails fails the run, but takes nothing back. */
export async function runAfter(plan: Plan, io: HookIO): Promise<void> {
  const hooks = plan.after ?? []
  if (hooks.length === 0) return
  await io.events.task('after', (task) => runHooks(hooks, { ...io, task }, io.stripSecrets))
}

type Entry = NonNullable<Config['before_publish']>[number]

/** Words of `before_publish[].artifacts`, and what they are here. Images, installers and disk images are no files of ours. */
const KINDS: Record<string, Subject['kind'][]> = {
  checksum: ['checksums'],
  source: ['source'],
  package: ['package', 'srpm'],
  archive: ['archive'],
  sbom: ['sbom'],
}

/**
 * Pro's `before_publish`: a command for each artifact, when all files are there and nothing is public yet; the first that fails ends
 * the release.
 */
export async function runBeforePublish(
  plan: Plan,
  entries: Entry[],
  files: readonly PackedArtifact[],
  io: HookIO & { late: LateRenderer },
  skip: ReadonlySet<string>,
): Promise<void> {
  if (entries.length === 0 || skip.has('before_publish')) return
  await io.events.task('before publish', async (task) => {
    let count = 0
    for (const [index, entry] of entries.entries()) {
      for (const subject of subjectsOf(entry, plan, files)) {
        const command = commandOf(entry, index, subject, plan, io)
        if (command === undefined) continue
        await runHooks([command], { ...io, task }, io.stripSecrets)
        count += 1
      }
    }
    task.note(`${count} commands`)
  })
}

function subjectsOf(entry: Entry, plan: Plan, files: readonly PackedArtifact[]): Subject[] {
  const wanted = entry.artifacts ?? []
  const packed = files.filter((one) => one.kind !== 'manifest').map(subjectOf)
  const kinds = new Set(wanted.flatMap((one) => KINDS[one] ?? []))
  const chosen = wanted.length === 0 ? packed : packed.filter((one) => kinds.has(one.kind))
  const built = wanted.length === 0 || wanted.includes('binary') ? plan.binaries.map(subjectOfBinary) : []
  return [...built, ...chosen].filter((one) => isChosen(one, entry.ids ?? []))
}

function commandOf(
  entry: Entry,
  index: number,
  subject: Subject,
  plan: Plan,
  { late }: { late: LateRenderer },
): Command | undefined {
  const at = ['before_publish', index]
  const fields = subjectFields(subject, plan.project)
  if (entry.if !== undefined && !late.isTrue(entry.if, [...at, 'if'], fields)) return undefined
  const env = (entry.env ?? []).map((one, place) => late.render(one, [...at, 'env', place], fields))
  const line = late.render(entry.cmd, [...at, 'cmd'], { ...fields, Env: { ...late.env, ...envOf(env) } })
  const words = splitCommand(line)
  if (words === undefined) {
    throw new TagonceError('config', `the command of before_publish[${index}] has a quote that is never closed`)
  }
  if (words.argv.length === 0) return undefined
  const dir = late.render(entry.dir, [...at, 'dir'], fields) || '.'
  return { argv: words.argv, dir, env, ...(entry.output === true ? { output: true } : {}) }
}
