import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import { buildAll } from '../builders/build.ts'
import { prepareDist } from '../builders/dist.ts'
import { withDefaults } from '../config/defaults.ts'
import { type Diagnostic, TagonceError, throwIfErrors } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { writeArtifacts, writeConfig, writeMetadata } from '../dist/dist.ts'
import type { Http } from '../external/http.ts'
import { openPlan, type OpenPlanOptions } from '../plan/open.ts'
import { outsideOf } from '../release/outside.ts'
import { partialTarget } from '../plan/partial.ts'
import type { Plan, PlannedBinary } from '../plan/plan.ts'

export interface BuildCommandOptions extends Omit<OpenPlanOptions, 'planSpokes' | 'signal'> {
  /** Empty dist first. */
  clean?: boolean
  /** Copy the one binary of a single target here; `.` is this folder, under its own name. */
  output?: string
  parallelism?: number
  signal: AbortSignal
  task: Task
  /** For builders that fetch a runtime. */
  http?: Http
}

export interface Built {
  plan: Plan
  /** Where the one binary was copied to. */
  output?: string
  /** What is no error, but should be told. */
  notes: Diagnostic[]
}

/**
 * Builds the binaries and nothing else, and writes what a release would write about them into dist.
 * @example await buildCommand({ root, env, signal, task, snapshot: true, singleTarget: true, output: '.' })
 */
export async function buildCommand(options: BuildCommandOptions): Promise<Built> {
  const { env, root, task, signal } = options
  const skip = new Set([...(options.skip ?? []), 'archive', 'nfpm', 'publish'])
  const { plan, loaded } = await openPlan({
    ...options,
    skip,
    ...(options.http === undefined ? {} : { outside: outsideOf(options.http, env) }),
  })
  throwIfErrors('plan', 'the build can’t begin', plan.diagnostics)
  const config = withDefaults(loaded.config, plan.project)
  const single = options.singleTarget === true ? [partialTarget(config.builds, env)] : []
  const wanted = [...single, ...(options.ids ?? [])].join(', ')
  // A library has builds with `skip: true` only, and that is well.
  if (plan.binaries.length === 0 && wanted !== '') {
    throw new TagonceError('plan', `no build makes ${wanted}`, { hint: 'look at `builds` in the config' })
  }
  const notes = plan.diagnostics.filter((one) => one.severity !== 'error')
  const copies = copiesOut(options, config.builds.length)
  if (options.output !== undefined && !copies) notes.push(ignoredOutput)
  if (copies && plan.binaries.length > 1) {
    throw new TagonceError('usage', `--output takes one binary, but ${plan.binaries.length} are built`, {
      hint: 'name one build with --id',
    })
  }
  await prepareDist(root, plan.dist, { clean: options.clean ?? false })
  const where = { root, dist: plan.dist }
  await writeMetadata(plan.project, plan.source, where)
  await writeConfig(stringify(config), where)
  const headers: PlannedBinary[] = []
  await buildAll(plan, {
    onBinary: (one) => {
      if (one.product === 'header') headers.push(one)
    },
    root,
    env,
    signal,
    task,
    ...(options.http === undefined ? {} : { http: options.http }),
    ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism }),
  })
  const reportSizes = plan.reportSizes ?? false
  await writeArtifacts(
    { binaries: [...plan.binaries, ...headers], artifacts: [], digests: new Map(), reportSizes },
    where,
  )
  if (!copies || options.output === undefined) return { plan, notes }
  return { plan, notes, output: await copyOut(plan, root, options.output) }
}

const ignoredOutput: Diagnostic = {
  severity: 'warning',
  code: 'output-ignored',
  message: '--output counts for one binary only, and is passed over',
  mend: 'add --single-target, and --id where there are several builds',
}

/** GoReleaser's own rule: --output counts with --single-target and one build, be it the only one or named by --id. */
function copiesOut(options: BuildCommandOptions, builds: number): boolean {
  return (
    options.output !== undefined && options.singleTarget === true && (builds === 1 || (options.ids ?? []).length > 0)
  )
}

/** Where the one binary was copied to. */
async function copyOut(plan: Plan, root: string, output: string): Promise<string> {
  const from = join(root, plan.binaries[0]?.path ?? '')
  const to = resolve(root, output === '.' ? basename(from) : output)
  await mkdir(dirname(to), { recursive: true })
  await copyFile(from, to)
  await chmod(to, 0o755)
  return to
}
