import { utimes } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Diagnostic, TagonceError, throwIfErrors } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { platformWords } from '../plan/context.ts'
import type { Plan, PlannedBinary } from '../plan/plan.ts'
import type { BuildIO } from './builder.ts'
import { runHooks } from './hooks.ts'
import { builderOf } from './registry.ts'

export interface BuildAllIO extends BuildIO {
  /** Builds that run at once; as many as cores unless set. */
  parallelism?: number
  /** Hooks get no variable whose name says that it holds a secret: a rehearsal. */
  stripSecrets?: boolean
  /** Called as soon as a binary is there, while others are still being built. */
  onBinary?: (binary: PlannedBinary) => Promise<void> | void
}

/**
 * What is missing to build a plan (tools, main packages, prebuilt files), all at once. Reads only.
 * `tools` looks for tools alone: for before the hooks, which may make the rest.
 */
export async function checkBuild(
  plan: Plan,
  io: Pick<BuildIO, 'root' | 'env'>,
  what: 'tools' | 'all' = 'all',
): Promise<Diagnostic[]> {
  const names = [...new Set(plan.binaries.map((one) => one.builder))]
  const found = await Promise.all(
    names.map((name) =>
      builderOf(name).check(
        plan.binaries.filter((one) => one.builder === name),
        io,
      ),
    ),
  )
  return found.flat().filter((one) => what === 'all' || one.code === 'tool-missing')
}

/**
 * Builds every binary of a plan: the before hooks, then the builds side by side. The first failure stops the rest and
 * is thrown, with the compiler's own output.
 * @example await buildAll(plan, { root, env, signal, task, onBinary: (binary) => pack(binary) })
 */
export async function buildAll(plan: Plan, io: BuildAllIO): Promise<void> {
  missing(await checkBuild(plan, io, 'tools'))
  const strip = io.stripSecrets ?? false
  if (plan.before.length > 0) {
    await io.task.task('before hooks', async (task) => {
      await runHooks(plan.before, { ...io, task }, strip)
      task.note(`${plan.before.length} ${plan.before.length === 1 ? 'command' : 'commands'}`)
    })
  }
  missing(await checkBuild(plan, io))
  const stop = new AbortController()
  const signal = AbortSignal.any([io.signal, stop.signal])
  const followers: Promise<void>[] = []
  let failed = false
  const failOnce = (error: unknown): void => {
    failed = true
    stop.abort(error)
  }
  const follow = async (binary: PlannedBinary): Promise<void> => {
    try {
      await io.onBinary?.(binary)
    } catch (error) {
      failOnce(error)
    }
  }
  const groups = groupsOf(plan.binaries)
  const work = async (): Promise<void> => {
    for (let group = groups.shift(); group !== undefined && !signal.aborted; group = groups.shift()) {
      try {
        await buildGroup(plan, group, { ...io, signal }, strip)
      } catch (error) {
        failOnce(error)
        return
      }
      for (const binary of group) followers.push(follow(binary))
    }
  }
  const workers = Math.max(1, Math.min(io.parallelism ?? availableParallelism(), groups.length))
  await Promise.all(Array.from({ length: workers }, () => work()))
  await Promise.all(followers)
  // The first abort keeps its reason; what those that were stopped threw is no news.
  if (failed) throw stop.signal.reason
  io.signal.throwIfAborted()
}

async function buildGroup(plan: Plan, group: PlannedBinary[], io: BuildIO, strip: boolean): Promise<void> {
  const [first] = group
  if (first === undefined) return
  await io.task.task(`${first.id} ${platformWords(first.platform)}`, async (task: Task) => {
    const own = { ...io, task }
    await runHooks(first.hooks.pre, own, strip)
    await builderOf(first.builder).build(group, own)
    await setTimes(plan, group, io.root)
    if (first.hooks.post.length === 0) return
    await runHooks(first.hooks.post, own, strip)
    await setTimes(plan, group, io.root)
  })
}

async function setTimes(plan: Plan, group: PlannedBinary[], root: string): Promise<void> {
  for (const one of group) {
    const time = one.modTimestamp ?? plan.source.commitTimestamp
    await utimes(join(root, one.path), time, time)
  }
}

/** Binaries that one run of a command makes, in the order of the plan. */
function groupsOf(binaries: PlannedBinary[]): PlannedBinary[][] {
  const groups = new Map<string, PlannedBinary[]>()
  for (const one of binaries) {
    const key = one.command === undefined ? one.path : JSON.stringify(one.command)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

function missing(found: Diagnostic[]): void {
  const tools = found.filter((one) => one.code === 'tool-missing')
  const [first] = tools
  if (first !== undefined) {
    throw new TagonceError('tool-missing', first.message, {
      ...(first.mend === undefined ? {} : { hint: first.mend }),
      ...(tools.length > 1 ? { diagnostics: tools } : {}),
    })
  }
  throwIfErrors('build', 'there is something missing to build', found)
}
