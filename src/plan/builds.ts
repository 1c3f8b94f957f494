import { isAbsolute, join, posix } from 'node:path'
import type { Build } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { Platform } from '../core/platform.ts'
import { type BuildsInput, extensionOf, fileOf, hooksOf, modTimestamp } from './build-parts.ts'
import { buildData, type FileFacts, platformWords } from './context.ts'
import { expandEnv } from '../core/expand-env.ts'
import { goCommand } from './go-build.ts'
import { findMains } from './go-source.ts'
import { proxiedPackage } from './gomod-proxy.ts'
import { planLanguage } from './language-builds.ts'
import { leavesRoot } from './names.ts'
import type { PlannedBinary } from './plan.ts'
import type { Renderer } from './renderer.ts'
import { fixTarget, goTargets } from './targets.ts'

/** Every binary of every build, in the order of the config, targets by name. */
export function planBuilds(input: BuildsInput): PlannedBinary[] {
  const { renderer, config } = input
  const ids = new Map<string, number>()
  return config.builds.flatMap((given, index) => {
    const build = { ...given, env: (given.env ?? []).map((entry) => expandEnv(entry, input.outer)) }
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
    if (build.builder !== 'go' && build.builder !== 'prebuilt') return planLanguage(input, build, index)
    return targetsOf(input, build, path).flatMap((platform) => planTarget(input, build, path, platform))
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

/** The binaries of a build for one target. `path`: where it stands in the config, `['builds', 0]`. */
export function planTarget(input: BuildsInput, build: Build, path: Path, platform: Platform): PlannedBinary[] {
  const { renderer } = input
  const ext = extensionOf(platform.target, build.buildmode ?? '')
  const empty = buildData(platform, { name: '', ext, path: '' })
  const found = fileOf(input, build, path, { name: platform.target, ext, data: empty })
  if (found === undefined) return []
  const data = buildData(platform, found.file)
  const base: PlannedBinary = {
    id: build.id ?? '',
    builder: build.builder ?? 'go',
    name: found.name,
    ext,
    platform,
    path: found.relative,
    hooks: hooksOf(input, build, path, data),
    ...modTimestamp(renderer, build.mod_timestamp, path, data),
  }
  if (build.buildmode === 'c-archive') base.product = 'c-archive'
  if (build.buildmode === 'c-shared' && platform.goarch !== 'wasm') base.product = 'c-shared'
  if (build.builder === 'prebuilt') return prebuilt(renderer, build, path, platform, base, data)
  return goBinaries(input, build, path, found.file, base)
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
  path: Path,
  file: FileFacts,
  base: PlannedBinary,
): PlannedBinary[] {
  const { renderer, env, files } = input
  // Only what stands in `builds` can be taken from the module proxy.
  const index = path[0] === 'builds' ? Number(path[1]) : -1
  const main = renderer.render(build.main, [...path, 'main']) || '.'
  const dir = build.dir || '.'
  // Where the compiler runs; what is looked at before stays the folder of the project.
  const proxied = input.proxied.get(index)
  const run = { build, path, platform: base.platform, file, env, dir: proxied?.dir ?? dir }
  if (build.no_main_check === true || !main.endsWith('/...')) {
    const checked = build.no_main_check === true ? {} : { main: posix.join(dir, main) }
    const packages = [proxied?.main ?? main]
    return [{ ...base, ...checked, command: goCommand(renderer, { ...run, output: file.path, packages }) }]
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
    packages: mains.map(([, at]) => (proxied === undefined ? at : proxiedPackage(proxied.main, main, at))).toSorted(),
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
