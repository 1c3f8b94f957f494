import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import { buildAll } from '../builders/build.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Events, Task } from '../core/events.ts'
import { runHooks } from '../builders/hooks.ts'
import { packArchive, packBinary } from '../pack/pack.ts'
import type { Http } from '../external/http.ts'
import type { PackedArtifact, PackIO } from '../pack/packed.ts'
import { packSources } from '../pack/source-archive.ts'
import { templatedEntries } from '../pack/templated.ts'
import { dataOf } from '../plan/archives.ts'
import { makeBundles } from '../packages/bundles.ts'
import { makePackage, type PackageIO } from '../packages/make.ts'
import type { PlannedPackage } from '../packages/planned.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { Earlier, EarlierProgram } from './earlier.ts'
import type { Plan, PlannedArchive, PlannedBinary } from '../plan/plan.ts'
import { size } from '../report/text.ts'
import { notarizeBinary, type NotarizeIO } from '../signing/notarize.ts'
import { signArtifacts } from '../signing/sign.ts'
import { subjectOfBinary } from '../signing/subject.ts'

export interface MakeIO {
  root: string
  env: Record<string, string | undefined>
  events: Events
  signal: AbortSignal
  parallelism?: number
  /** Hooks get no variable that holds a secret. */
  stripSecrets: boolean
  late: LateRenderer
  /** For builders that fetch a runtime. */
  http?: Http
  /** Signatures and SBOMs that a run before this one has published. */
  earlier?: Earlier
  /** Programs signed for macOS, likewise. */
  earlierProgram?: EarlierProgram
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
  const waiting = new Set([...plan.archives, ...plan.uploads, ...(plan.imagePrograms ?? []), ...(plan.packages ?? [])])
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
  const packageIO: PackageIO = { ...packIO, env: io.env, digests: new Map(), unsigned: io.stripSecrets }
  const packReady = (): void => {
    for (const one of waiting) {
      const needs = needsOf(one)
      if (!needs.every((path) => built.has(path))) continue
      waiting.delete(one)
      const job = limit(async () => {
        const task = await began.promise
        await task.task(one.name, async (child) => {
          const artifact =
            'facts' in one
              ? await makePackage(one, packageIO)
              : 'binaries' in one
                ? await packWithHooks(one, packIO, { ...io, task: child })
                : await packBinary(one, packIO)
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
      ...(io.http === undefined ? {} : { http: io.http }),
      ...(io.parallelism === undefined ? {} : { parallelism: io.parallelism }),
      onBinary: async (binary) => {
        made.binaries.push(binary)
        await notarizeBinary(plan.notarize ?? [], binary, notarizing({ ...io, signal, task }))
        // Signing may change the program itself, so it comes before packing.
        if (binary.product !== 'header' && binary.product !== 'image')
          made.artifacts.push(...(await signBinary(plan, binary, { ...io, signal, task })))
        built.set(binary.path, binary)
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
    if (plan.sourceArchive !== undefined) made.artifacts.push(await packSource(plan, { ...packIO, ...io, task }))
    made.artifacts.push(...(await makeBundles(plan, made.artifacts, { ...packageIO, late: io.late, task })))
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

/** The binaries that must be there before a file can be packed. */
function needsOf(one: Plan['archives'][number] | Plan['uploads'][number] | PlannedPackage): string[] {
  if ('facts' in one) return one.binaries.map(({ path }) => path)
  return 'binaries' in one ? one.binaries : [one.path]
}

/** Hooks before and after an archive, and files that are templates, around the packing of it. */
async function packWithHooks(
  archive: PlannedArchive,
  packIO: PackIO,
  io: MakeIO & { task: Task },
): Promise<PackedArtifact> {
  await runHooks(archive.hooks?.before ?? [], io, io.stripSecrets)
  const first = packIO.binaries.get(archive.binaries[0] ?? '')
  const late = { ...packIO, late: io.late }
  const templated = await templatedEntries(archive.templated ?? [], dataOf(first), late)
  const packed = await packArchive(archive, { ...packIO, templated })
  await runHooks(archive.hooks?.after ?? [], io, io.stripSecrets)
  return packed
}

async function packSource(plan: Plan, io: PackIO & MakeIO & { task: Task }): Promise<PackedArtifact> {
  const { sourceArchive, source } = plan
  if (sourceArchive === undefined) throw new TagonceError('internal', 'no source archive is planned')
  return io.task.task(sourceArchive.name, async (task) => {
    const templated = await templatedEntries(sourceArchive.templated, {}, io)
    const packed = await packSources(sourceArchive, { ...io, commit: source.commit, templated })
    task.note(size(packed.size))
    return packed
  })
}

function notarizing({ earlierProgram, earlier: _, ...io }: MakeIO & { task: Task }): NotarizeIO {
  return { ...io, http: io.http, ...(earlierProgram === undefined ? {} : { earlier: earlierProgram }) }
}

async function signBinary(plan: Plan, binary: PlannedBinary, io: MakeIO & { task: Task }): Promise<PackedArtifact[]> {
  const signs = plan.binarySigns ?? []
  if (signs.length === 0) return []
  const warn = (diagnostic: Diagnostic): void => io.events.diagnostic(diagnostic)
  return signArtifacts(signs, [subjectOfBinary(binary)], plan, { ...io, warn })
}
