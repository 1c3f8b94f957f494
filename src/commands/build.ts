import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { buildAll } from '../builders/build.ts'
import { prepareDist } from '../builders/dist.ts'
import { TagonceError, throwIfErrors } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { machine } from '../plan/context.ts'
import { openPlan, type OpenPlanOptions } from '../plan/open.ts'
import type { Plan } from '../plan/plan.ts'

export interface BuildCommandOptions extends Omit<OpenPlanOptions, 'singleTarget' | 'planSpokes' | 'signal'> {
  /** Only this machine's target, or that of TARGET, or of GOOS and GOARCH (GGOOS and GGOARCH win). */
  singleTarget?: boolean
  /** Empty dist first. */
  clean?: boolean
  /** Copy the one binary here; `.` is this folder, under its own name. */
  output?: string
  parallelism?: number
  signal: AbortSignal
  task: Task
}

/**
 * Builds the binaries and nothing else.
 * @example await buildCommand({ root, env, signal, task, snapshot: true, singleTarget: true, output: '.' })
 */
export async function buildCommand(options: BuildCommandOptions): Promise<{ plan: Plan; output?: string }> {
  const { singleTarget, env, root, task, signal } = options
  const target = singleTarget === true ? { singleTarget: targetOf(env) } : {}
  const { singleTarget: _, ...rest } = options
  const { plan } = await openPlan({
    ...rest,
    ...target,
    skip: new Set([...(options.skip ?? []), 'archive', 'publish']),
  })
  throwIfErrors('plan', 'the build can’t begin', plan.diagnostics)
  const wanted = [target.singleTarget, ...(options.ids ?? [])].filter((one) => one !== undefined).join(', ')
  // A library has builds with `skip: true` only, and that is well.
  if (plan.binaries.length === 0 && wanted !== '') {
    throw new TagonceError('plan', `no build makes ${wanted}`, { hint: 'look at `builds` in the config' })
  }
  if (options.output !== undefined && plan.binaries.length > 1) {
    throw new TagonceError('usage', `--output takes one binary, but ${plan.binaries.length} are built`, {
      hint: 'add --single-target, and --id where there are several builds',
    })
  }
  await prepareDist(root, plan.dist, { clean: options.clean ?? false })
  await buildAll(plan, {
    root,
    env,
    signal,
    task,
    ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism }),
  })
  const output = options.output === undefined ? undefined : await copyOut(plan, root, options.output)
  return { plan, ...(output === undefined ? {} : { output }) }
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

const VARIANTS: Record<string, string> = {
  '386': 'GO386',
  amd64: 'GOAMD64',
  arm: 'GOARM',
  arm64: 'GOARM64',
  mips: 'GOMIPS',
  mipsle: 'GOMIPS',
  mips64: 'GOMIPS64',
  mips64le: 'GOMIPS64',
  ppc64: 'GOPPC64',
  ppc64le: 'GOPPC64',
  riscv64: 'GORISCV64',
}

/**
 * The one target of `--single-target`.
 * @example targetOf({ GOOS: 'linux', GOARCH: 'arm', GOARM: '7' }) // 'linux_arm_7'
 */
export function targetOf(env: Record<string, string | undefined>): string {
  const given = (name: string): string => env[`G${name}`] || env[name] || ''
  if (env['TARGET']) return env['TARGET']
  const goarch = given('GOARCH') || machine().goarch
  const variant = VARIANTS[goarch] === undefined ? '' : given(VARIANTS[goarch])
  return [given('GOOS') || machine().goos, goarch, variant].filter((one) => one !== '').join('_')
}
