import { posix } from 'node:path'
import { isAbsolute, join } from 'node:path'
import type { Build } from '../config/config.ts'
import type { FullConfig } from '../config/defaults.ts'
import type { Path } from '../config/path.ts'
import type { Platform } from '../core/platform.ts'
import { buildData, type FileFacts, platformWords } from './context.ts'
import { goCommand } from './go-build.ts'
import { findMains, type ProjectFiles } from './go-source.ts'
import { planHooks } from './hooks.ts'
import { leavesRoot } from './names.ts'
import type { PlannedBinary } from './plan.ts'
import type { Renderer } from './renderer.ts'
import { fixTarget, goTargets } from './targets.ts'

export interface BuildsInput {
  renderer: Renderer
  config: FullConfig
  /** Before defaults: what the user wrote. */
  written: Build[]
  /** Absolute root of the project; the compiler and hooks are told absolute paths. */
  root: string
  /** Entries of the config's own `env`, rendered. */
  env: string[]
  files: ProjectFiles
  skip: ReadonlySet<string>
  /** Only this target. */
  target?: string
  /** Only these ids, when there are several builds. */
  ids?: string[]
}

/** Every binary of every build, in the order of the config, targets by name. */
export function planBuilds(input: BuildsInput): PlannedBinary[] {
  const { renderer, config } = input
  const ids = new Map<string, number>()
  return config.builds.flatMap((build, index) => {
    const path: Path = ['builds', index]
    const id = build.id ?? ''
    if (ids.has(id)) {
      renderer.problem('duplicate-id', [...path, 'id'], `two builds have the id ${id}`, 'give each build its own `id`')
      return []
    }
    ids.set(id, index)
    if (input.ids !== undefined && config.builds.length > 1 && !input.ids.includes(id)) return []
    if (renderer.isTrue(build.skip, [...path, 'skip'])) {
      renderer.problem('build-skipped', [...path, 'skip'], `the build ${id} is skipped, as it says`, undefined, 'info')
      return []
    }
    if (build.builder !== 'go' && build.builder !== 'prebuilt') {
      const message = `the builder ${build.builder} is not carried out yet`
      const mend = 'build it another way and take it in with `builder: prebuilt`'
      renderer.problem('builder-not-built', [...path, 'builder'], message, mend)
      return []
    }
    return targetsOf(input, build, path).flatMap((platform) => planTarget(input, build, index, platform))
  })
}

function targetsOf(input: BuildsInput, build: Build, path: Path): Platform[] {
  const { renderer } = input
  if (
    build.builder === 'prebuilt' &&
    !(build.targets ?? []).length &&
    !((build.goos ?? []).length && (build.goarch ?? []).length)
  ) {
    const message = 'a prebuilt build has no targets of its own'
    renderer.problem('prebuilt-targets', path, message, 'set `goos` and `goarch`, or `targets`')
    return []
  }
  const keys = ['goos', 'goarch', 'goamd64', 'go386', 'goarm', 'goarm64', 'gomips', 'goppc64', 'goriscv64'] as const
  const rendered = Object.fromEntries(keys.map((key) => [key, renderer.list(build[key], [...path, key])]))
  const targets = renderer.list(build.targets, [...path, 'targets'])
  const all = goTargets({ ...rendered, targets, ignore: build.ignore as never }, ({ key, value, valid }) => {
    const at = (build[key] ?? []).indexOf(value)
    const mend = valid.length > 12 ? undefined : `it can be ${valid.join(', ')}`
    renderer.problem('bad-target', at < 0 ? [...path, key] : [...path, key, at], `${value} is no ${key} of Go`, mend)
  })
  if (all.length === 0 && renderer.problems.found.every((one) => one.severity !== 'error')) {
    renderer.problem('no-targets', path, `the build ${build.id} has no target`, 'look at `goos`, `goarch` and `ignore`')
  }
  const only = input.target === undefined ? undefined : fixTarget(input.target)
  return only === undefined ? all : all.filter((one) => one.target === only)
}

function planTarget(input: BuildsInput, build: Build, index: number, platform: Platform): PlannedBinary[] {
  const { renderer, config, root } = input
  const path: Path = ['builds', index]
  const ext = extensionOf(platform, build.buildmode ?? '')
  const empty = buildData(platform, { name: '', ext, path: '' })
  const name = renderer.try(build.binary ?? '', [...path, 'binary'], empty)
  if (name === undefined) return []
  if (name === '' || leavesRoot(name)) {
    renderer.problem('binary-name', [...path, 'binary'], `${JSON.stringify(name)} is no name for a binary`)
    return []
  }
  const unique = !renderer.isTrue(build.no_unique_dist_dir, [...path, 'no_unique_dist_dir'])
  const folder = posix.join(config.dist, unique ? `${build.id}_${platform.target}` : '')
  const relative = posix.join(folder, name + ext)
  const file: FileFacts = { name: name + ext, ext, path: join(root, relative) }
  const data = buildData(platform, file)
  const base = {
    id: build.id ?? '',
    builder: build.builder ?? 'go',
    name,
    ext,
    platform,
    path: relative,
    hooks: hooksOf(input, build, path, data),
    ...modTimestamp(renderer, build, path, data),
  }
  if (build.builder === 'prebuilt') return prebuilt(renderer, build, path, platform, base, data)
  return goBinaries(input, build, index, file, base)
}

function hooksOf(input: BuildsInput, build: Build, path: Path, data: Record<string, unknown>): PlannedBinary['hooks'] {
  const { renderer } = input
  const env = [...input.env, ...renderer.env(build.env, [...path, 'env'], data)]
  const place = { env, data }
  return {
    pre: input.skip.has('pre-hooks') ? [] : planHooks(renderer, build.hooks?.pre, [...path, 'hooks', 'pre'], place),
    post: input.skip.has('post-hooks') ? [] : planHooks(renderer, build.hooks?.post, [...path, 'hooks', 'post'], place),
  }
}

function modTimestamp(
  renderer: Renderer,
  build: Build,
  path: Path,
  data: Record<string, unknown>,
): { modTimestamp?: number } {
  const at = [...path, 'mod_timestamp']
  const text = renderer.try(build.mod_timestamp ?? '', at, data)
  if (text === undefined || text === '') return {}
  if (/^\d{1,12}$/.test(text)) return { modTimestamp: Number(text) }
  renderer.problem(
    'mod-timestamp',
    at,
    `${JSON.stringify(text)} is no number of seconds`,
    'use "{{ .CommitTimestamp }}"',
  )
  return {}
}

function prebuilt(
  renderer: Renderer,
  build: Build,
  path: Path,
  platform: Platform,
  base: PlannedBinary,
  data: Record<string, unknown>,
): PlannedBinary[] {
  const at = [...path, 'prebuilt', 'path']
  const where = renderer.try(build.prebuilt?.path ?? '', at, data)
  if (where === undefined) return []
  const mend = 'name the file with a template, such as `bin/hello_{{ .Os }}_{{ .Arch }}{{ .Ext }}`'
  if (where === '') renderer.problem('prebuilt-path', at, `no path for the prebuilt ${platformWords(platform)}`, mend)
  else if (isAbsolute(where) || leavesRoot(where)) {
    renderer.problem('prebuilt-path', at, `${where} is not below the folder of the project`, mend)
  } else return [{ ...base, prebuiltPath: posix.normalize(where) }]
  return []
}

function goBinaries(
  input: BuildsInput,
  build: Build,
  index: number,
  file: FileFacts,
  base: PlannedBinary,
): PlannedBinary[] {
  const { renderer, env, files } = input
  const path: Path = ['builds', index]
  const main = renderer.render(build.main, [...path, 'main']) || '.'
  const dir = build.dir || '.'
  const run = { build, path, platform: base.platform, file, env }
  if (build.no_main_check === true || !main.endsWith('/...')) {
    const checked = build.no_main_check === true ? {} : { main: posix.join(dir, main) }
    return [{ ...base, ...checked, command: goCommand(renderer, { ...run, output: file.path, packages: [main] }) }]
  }
  const mains = [...findMains(files, dir, main)].toSorted(([, a], [, b]) => (a < b ? -1 : 1))
  const written = input.written[index] ?? {}
  const problem = (message: string, mend: string): PlannedBinary[] => {
    renderer.problem('main-pattern', [...path, 'main'], message, mend)
    return []
  }
  if (mains.length === 0) return problem(`${main} holds no main function`, 'name the package with `main`')
  if (mains.length > 1 && written.binary) {
    return problem(
      `${main} is ${mains.length} programs, but \`binary\` names one`,
      'leave out `binary`, or name one package',
    )
  }
  if (mains.length > 1 && written.id) {
    return problem(`${main} is ${mains.length} programs, but \`id\` is set`, 'leave out `id`, or name one package')
  }
  const folder = posix.dirname(base.path)
  const command = goCommand(renderer, {
    ...run,
    output: join(file.path, '..'),
    packages: mains.map(([, at]) => at).toSorted(),
  })
  return mains.map(([name, at], order) => ({
    ...base,
    id: mains.length > 1 ? name : base.id,
    name,
    path: posix.join(folder, name + base.ext),
    main: posix.join(dir, at),
    command,
    hooks: order === 0 ? base.hooks : { pre: [], post: [] },
  }))
}

/** What Go's build modes make on each system. */
function extensionOf(platform: Platform, buildmode: string): string {
  const { goos, goarch } = platform
  if (buildmode === 'c-shared') {
    return goos === 'darwin' ? '.dylib' : goos === 'windows' ? '.dll' : goarch === 'wasm' ? '.wasm' : '.so'
  }
  if (buildmode === 'c-archive') return goos === 'windows' ? '.lib' : '.a'
  return goarch === 'wasm' ? '.wasm' : goos === 'windows' ? '.exe' : ''
}
