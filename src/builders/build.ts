import { mkdir, rm, stat, utimes } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type Diagnostic, TagonceError, throwIfErrors } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { headerPath } from '../plan/build-parts.ts'
import { platformWords } from '../plan/context.ts'
import type { Plan, PlannedBinary } from '../plan/plan.ts'
import { allBinaries } from '../plan/universal.ts'
import type { BuildIO } from './builder.ts'
import { runHooks } from './hooks.ts'
import { makeProxyModule } from './proxy.ts'
import { builderOf } from './registry.ts'
import { type Group, Schedule } from './schedule.ts'
import { buildUniversal } from './universal.ts'
import { compress, tellMissing } from './upx.ts'

export interface BuildAllIO extends BuildIO {
  /** Builds that run at once; as many as cores unless set. */
  parallelism?: number
  /** Hooks get no variable whose name says that it holds a secret: a rehearsal. */
  stripSecrets?: boolean
  /** Called as soon as a binary is there, while others are still being built; for the header of a C library before that. */
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
  const binaries = allBinaries(plan.binaries).filter((one) => one.universal === undefined)
  const names = [...new Set(binaries.map((one) => one.builder))]
  const found = await Promise.all(
    names.map((name) =>
      builderOf(name).check(
        binaries.filter((one) => one.builder === name),
        io,
      ),
    ),
  )
  return found.flat().filter((one) => what === 'all' || one.code === 'tool-missing')
}

/**
 * Builds every binary of a plan: the before hooks, the modules of the proxy, then the builds side by side, and what
 * follows from them (universal binaries, upx). The first failure stops the rest and is thrown, with the compiler's own
 * output.
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
  for (const module of plan.proxies ?? []) {
    await io.task.task(`${module.command.argv.at(-1)} from the module proxy`, (task) =>
      makeProxyModule(module, { ...io, task }),
    )
  }
  await tellMissing(plan, io)
  await buildGroups(plan, io, strip)
}

async function buildGroups(plan: Plan, io: BuildAllIO, strip: boolean): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([io.signal, stop.signal])
  const schedule = new Schedule(plan.binaries)
  const workers = Math.max(1, Math.min(io.parallelism ?? availableParallelism(), schedule.size))
  const ready = readyBinaries(plan)
  const followers: Promise<void>[] = []
  const running = new Set<Promise<void>>()
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
  const work = async (group: Group): Promise<void> => {
    try {
      await buildGroup(plan, group, { ...io, signal }, strip)
      schedule.done(group)
      for (const binary of ready(group)) {
        await finish(plan, binary, { ...io, signal })
        const header = await headerOf(binary, io.root)
        followers.push((header === undefined ? Promise.resolve() : follow(header)).then(() => follow(binary)))
      }
    } catch (error) {
      failOnce(error)
    }
  }
  while (!signal.aborted) {
    for (let group = schedule.next(); group !== undefined; group = schedule.next()) {
      const job = work(group).finally(() => running.delete(job))
      running.add(job)
      if (running.size >= workers) break
    }
    if (running.size === 0) break
    await Promise.race(running)
  }
  await Promise.all(running)
  await Promise.all(followers)
  // The first abort keeps its reason; what those that were stopped threw is no news.
  if (failed) throw stop.signal.reason
  io.signal.throwIfAborted()
}

/** Binaries of the plan that are as they shall be but for upx, once a group is built: universal ones take their parts as the compiler made them. */
function readyBinaries(plan: Plan): (built: Group) => PlannedBinary[] {
  const open = new Map(plan.binaries.map((one) => [one.path, one]))
  const built = new Set<string>()
  const holders = plan.binaries.filter((one) => one.universal !== undefined)
  return (group) => {
    for (const one of group) built.add(one.path)
    const ready = [...open.values()].filter(({ path }) => {
      const waits = holders.some(
        (holder) => !built.has(holder.path) && holder.universal?.parts.some((part) => part.path === path),
      )
      return built.has(path) && !waits
    })
    for (const one of ready) open.delete(one.path)
    return ready
  }
}

async function buildGroup(plan: Plan, group: Group, io: BuildIO, strip: boolean): Promise<void> {
  const [first] = group
  if (first === undefined) return
  await io.task.task(`${first.id} ${platformWords(first.platform)}`, async (task: Task) => {
    const own = { ...io, task }
    // A hook may put files beside what is built.
    for (const one of group) await mkdir(dirname(join(io.root, one.path)), { recursive: true })
    await runHooks(first.hooks.pre, own, strip)
    try {
      if (first.universal === undefined) await builderOf(first.builder).build(group, own)
      else await buildUniversal(first, own)
      await setTimes(plan, group, io.root)
      if (first.hooks.post.length === 0) return
      await runHooks(first.hooks.post, own, strip)
      await setTimes(plan, group, io.root)
    } catch (error) {
      // A compiler that was stopped leaves half a file.
      for (const one of group) await rm(join(io.root, one.path), { recursive: true, force: true })
      throw error
    }
  })
}

/** The header of a C library, where the compiler (or a hook) has made one. */
async function headerOf(binary: PlannedBinary, root: string): Promise<PlannedBinary | undefined> {
  if (binary.product !== 'c-archive' && binary.product !== 'c-shared') return undefined
  const { upx: _, ...rest } = binary
  const path = headerPath(binary)
  const facts = await stat(join(root, path)).catch(() => undefined)
  return facts?.isFile() === true
    ? { ...rest, name: basename(rest.name), ext: '.h', path, product: 'header' }
    : undefined
}

async function finish(plan: Plan, binary: PlannedBinary, io: BuildIO): Promise<void> {
  if ((binary.upx ?? []).length === 0) return
  await compress(binary, io)
  await setTimes(plan, [binary], io.root)
}

async function setTimes(plan: Plan, group: Group, root: string): Promise<void> {
  for (const one of group) {
    const time = one.modTimestamp ?? plan.source.commitTimestamp
    await utimes(join(root, one.path), time, time)
  }
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
