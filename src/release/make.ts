import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import { buildAll } from '../builders/build.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { Events, Task } from '../core/events.ts'
import { packArchive, packBinary } from '../pack/pack.ts'
import type { PackedArtifact, PackIO } from '../pack/packed.ts'
import type { Plan, PlannedBinary } from '../plan/plan.ts'
import { size } from '../report/text.ts'

export interface MakeIO {
  root: string
  env: Record<string, string | undefined>
  events: Events
  signal: AbortSignal
  parallelism?: number
  /** Hooks get no variable that holds a secret. */
  stripSecrets: boolean
}

/**
 * Builds every binary and packs every archive; an archive is packed as soon as its binaries are there.
 * What was made before a failure is given to `made`, so that it can be told.
 */
export async function makeArtifacts(
  plan: Plan,
  io: MakeIO,
  made: { binaries: PlannedBinary[]; artifacts: PackedArtifact[] },
): Promise<void> {
  const stop = new AbortController()
  const signal = AbortSignal.any([io.signal, stop.signal])
  const waiting = new Set([...plan.archives, ...plan.uploads])
  const built = new Map<string, PlannedBinary>()
  const limit = pLimit(io.parallelism ?? availableParallelism())
  const began = Promise.withResolvers<Task>()
  const jobs: Promise<void>[] = []
  const packIO: PackIO = {
    root: io.root,
    dist: plan.dist,
    commitTimestamp: plan.source.commitTimestamp,
    binaries: built,
    signal,
    warn: (diagnostic: Diagnostic) => io.events.diagnostic(diagnostic),
  }
  const packReady = (): void => {
    for (const one of waiting) {
      const needs = 'binaries' in one ? one.binaries : [one.path]
      if (!needs.every((path) => built.has(path))) continue
      waiting.delete(one)
      const job = limit(async () => {
        const task = await began.promise
        await task.task(one.name, async (child) => {
          const artifact = await ('binaries' in one ? packArchive(one, packIO) : packBinary(one, packIO))
          made.artifacts.push(artifact)
          child.note(size(artifact.size))
        })
      })
      // A failed archive stops the builds; it is thrown by the task of packing.
      job.catch((error: unknown) => stop.abort(error))
      jobs.push(job)
    }
  }
  const building = io.events.task('build', async (task) => {
    await buildAll(plan, {
      root: io.root,
      env: io.env,
      signal,
      task,
      stripSecrets: io.stripSecrets,
      ...(io.parallelism === undefined ? {} : { parallelism: io.parallelism }),
      onBinary: (binary) => {
        built.set(binary.path, binary)
        made.binaries.push(binary)
        packReady()
      },
    })
    task.note(`${plan.binaries.length} ${plan.binaries.length === 1 ? 'target' : 'targets'}`)
  })
  const packing = io.events.task('pack', async (task) => {
    began.resolve(task)
    try {
      await building
    } catch {
      return task.skip('the build failed')
    }
    packReady()
    await Promise.all(jobs)
    task.note(`${made.artifacts.length} ${made.artifacts.length === 1 ? 'file' : 'files'}`)
  })
  try {
    await Promise.all([building, packing])
  } catch (error) {
    stop.abort(error)
    await Promise.allSettled([building, packing, ...jobs])
    throw error
  }
}
