import { availableParallelism } from 'node:os'
import { posix } from 'node:path'
import pLimit from 'p-limit'
import { TagonceError } from '../../core/errors.ts'
import { run } from '../../external/process.ts'
import type { Plan } from '../../plan/plan.ts'
import type { GoPackage } from '../rules/rule.ts'

/**
 * What Go itself says of each main package for each target: its name and its files once build tags are applied.
 * Undefined where there is no Go. Nothing is downloaded, and the toolchain is the one that is there.
 */
export async function goPackages(
  root: string,
  plan: Plan,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<GoPackage[] | undefined> {
  const wanted = new Map<string, { main: string; target: string; env: Record<string, string>; tags: string[] }>()
  for (const { main, platform, command, builder } of plan.binaries) {
    if (builder !== 'go' || main === undefined || command === undefined || main.includes('...')) continue
    const given = Object.fromEntries(
      command.env.map((pair) => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')]),
    )
    const tags = command.argv.filter((arg) => /^--?tags=/.test(arg))
    const target = `${platform.goos}_${platform.goarch}`
    const own = { GOOS: platform.goos, GOARCH: platform.goarch, CGO_ENABLED: given['CGO_ENABLED'] ?? '' }
    wanted.set(`${main} ${target} ${tags.join()}`, { main, target, env: own, tags })
  }
  const some = pLimit(availableParallelism())
  const answers = await Promise.all([...wanted.values()].map((one) => some(() => list(root, one, env, signal))))
  if (answers.includes(undefined)) return undefined
  return answers.filter((one) => one !== undefined && one !== 'unknown')
}

async function list(
  root: string,
  one: { main: string; target: string; env: Record<string, string>; tags: string[] },
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<GoPackage | 'unknown' | undefined> {
  const isFile = one.main.endsWith('.go')
  const folder = isFile ? posix.dirname(one.main) : one.main
  const asked = isFile ? one.main : folder === '.' ? '.' : `./${folder.replace(/^\.\//, '')}`
  const quiet = { GOPROXY: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod', GOWORK: 'off' }
  const argv = ['go', 'list', '-e', ...one.tags, '-json=Name,GoFiles,CgoFiles,Error', asked]
  try {
    const result = await run(argv, { cwd: root, env: { ...env, ...quiet, ...one.env }, signal, timeout: 30_000 })
    if (result.code !== 0) return 'unknown'
    const {
      Name,
      GoFiles,
      CgoFiles,
      Error: failed,
    } = JSON.parse(result.stdout) as {
      Name?: string
      GoFiles?: string[]
      CgoFiles?: string[]
      Error?: { Err?: string }
    }
    // A module that is not there says nothing of the package; what it lacks itself does.
    const said = failed?.Err ?? ''
    const error =
      /build constraints exclude|no Go files|no such file|directory not found|cannot find package|found packages/.test(
        said,
      )
        ? said.split('\n')[0]
        : undefined
    if (error === undefined && Name === undefined) return 'unknown'
    const files = [...(GoFiles ?? []), ...(CgoFiles ?? [])].map((file) => posix.join(folder, file))
    return { main: one.main, target: one.target, name: Name ?? '', files, ...(error === undefined ? {} : { error }) }
  } catch (error) {
    if (error instanceof TagonceError && error.code === 'tool-missing') return undefined
    signal.throwIfAborted()
    return 'unknown'
  }
}
