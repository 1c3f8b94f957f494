import type { Build } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { Platform } from '../core/platform.ts'
import { artifactData, buildData, type FileFacts } from './context.ts'
import type { Command } from './plan.ts'
import { envOf, type Renderer } from './renderer.ts'
import { fixTarget, targetEnv } from './targets.ts'

type Details = Pick<Build, 'buildmode' | 'ldflags' | 'tags' | 'flags' | 'asmflags' | 'gcflags' | 'env'>

/** What one run of the compiler makes. */
export interface GoRun {
  build: Build
  path: Path
  platform: Platform
  file: FileFacts
  /** Entries of the config's own `env`, rendered. */
  env: string[]
  /** Packages to compile; several go into the folder of the file. */
  packages: string[]
  /** `-o`, absolute. */
  output: string
  /** Where the compiler runs, relative to the root. */
  dir: string
}

/**
 * The command line of the compiler, argument for argument what GoReleaser calls.
 * @example goCommand(renderer, run).argv // ['go', 'build', '-trimpath', '-ldflags=-s -w', '-o', '/repo/dist/…', '.']
 */
export function goCommand(renderer: Renderer, run: GoRun): Command {
  const { build, path, platform, file } = run
  const { details, at } = detailsFor(renderer, build, path, platform)
  const hooksData = buildData(platform, file)
  const own = renderer.env(details.env, [...at('env'), 'env'], { ...hooksData, ...artifactData(platform, file) })
  const env = [...run.env, ...own, ...targetEnv(platform)]
  const whole = { ...(renderer.data['Env'] as Record<string, string>), ...envOf(env) }
  const flags = renderer.with({ ...artifactData(platform, file), Env: whole })
  const tool = renderer.render(build.tool ?? 'go', [...path, 'tool'], hooksData) || 'go'
  const command = build.command ?? 'build'
  const argv = [tool, command, ...flags.list(details.flags, [...at('flags'), 'flags'])]
  if (command === 'test' && !argv.includes('-c')) argv.push('-c')
  for (const key of ['asmflags', 'gcflags'] as const) {
    argv.push(...flags.list(details[key], [...at(key), key]).map((flag) => `-${key}=${flag}`))
  }
  if ((details.tags ?? []).length > 0) argv.push(`-tags=${flags.list(details.tags, [...at('tags'), 'tags']).join(',')}`)
  if ((details.ldflags ?? []).length > 0) {
    argv.push(`-ldflags=${flags.list(details.ldflags, [...at('ldflags'), 'ldflags']).join(' ')}`)
  }
  if (details.buildmode) argv.push(`-buildmode=${details.buildmode}`)
  argv.push('-o', run.output, ...run.packages)
  if (!argv.includes('-trimpath') && !/(^|\s)-trimpath/.test(whole['GOFLAGS'] ?? '')) {
    renderer.problem(
      'no-trimpath',
      [...path, build.flags === undefined ? 'id' : 'flags'],
      'without -trimpath the binary holds the path of this folder: the same commit gives other bytes elsewhere',
      'add `flags: [-trimpath]` to the build',
      'warning',
    )
  }
  return { argv, dir: run.dir, env }
}

/** The keys that count for a target: those of the build, or of the first override that names the target exactly. */
function detailsFor(
  renderer: Renderer,
  build: Build,
  path: Path,
  platform: Platform,
): { details: Details; at: (key: keyof Details) => Path } {
  for (const [index, override] of (build.overrides ?? []).entries()) {
    const at = [...path, 'overrides', index]
    const { goos, goarch, goamd64, go386, goarm, goarm64, gomips, goppc64, goriscv64 } = override
    const variant = [goamd64, go386, goarm, goarm64, gomips, goppc64, goriscv64].map((one) => one ?? '').join('')
    const name = renderer.render([goos ?? '', goarch ?? '', ...(variant === '' ? [] : [variant])].join('_'), at)
    if (fixTarget(name) !== platform.target) continue
    const details: Details = { ...build }
    const from = new Set<keyof Details>()
    for (const key of ['ldflags', 'tags', 'flags', 'asmflags', 'gcflags'] as const) {
      if ((override[key] ?? []).length === 0) continue
      details[key] = override[key]
      from.add(key)
    }
    if (override.buildmode) details.buildmode = override.buildmode
    details.env = mergeEnv(build.env ?? [], override.env ?? [])
    if ((override.env ?? []).length > 0) from.add('env')
    return { details, at: (key) => (from.has(key) ? at : path) }
  }
  return { details: build, at: () => path }
}

/** Entries of both; where a key is in both, the second's value takes the first's place. */
function mergeEnv(first: string[], second: string[]): string[] {
  return Object.entries(envOf([...first, ...second])).map(([key, value]) => `${key}=${value}`)
}
