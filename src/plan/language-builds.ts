import { posix } from 'node:path'
import { parse as parseToml } from 'smol-toml'
import type { Build } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import { type BuildsInput, extensionOf, fileOf, hooksOf, modTimestamp } from './build-parts.ts'
import { artifactData, buildData } from './context.ts'
import type { Language } from './languages/language.ts'
import { languages } from './languages/languages.ts'
import type { Command, PlannedBinary } from './plan.ts'
import { envOf } from './renderer.ts'

/** Every binary of a build that is not Go's; targets in the order of the config. */
export function planLanguage(input: BuildsInput, build: Build, index: number): PlannedBinary[] {
  const { renderer } = input
  const path: Path = ['builds', index]
  const language = languages.get(build.builder ?? '')
  if (language === undefined) {
    const mend = `it can be go, prebuilt, ${[...languages.keys()].join(', ')}`
    renderer.problem('unknown-builder', [...path, 'builder'], `there is no builder ${build.builder}`, mend)
    return []
  }
  if (!checkProject(input, build, path)) return []
  const given = (build.targets ?? []).length > 0
  const targets = given ? (build.targets ?? []) : language.defaults.targets
  const valid = targets.filter((target, at) => {
    const word = language.validity(target)
    const where = given ? [...path, 'targets', at] : path
    if (word === 'invalid') {
      const mend = `for example ${language.defaults.targets[0]}`
      renderer.problem('bad-target', where, `${target} is no target of ${language.name}`, mend)
    } else if (word === 'doubtful') {
      const message = `${language.name} may not be able to compile for ${target}`
      renderer.problem('doubtful-target', where, message, undefined, 'warning')
    }
    return word !== 'invalid'
  })
  const only = input.target === undefined ? valid : valid.filter((one) => one === input.target).slice(0, 1)
  return only.flatMap((target) => planTarget(input, build, path, language, target))
}

function planTarget(input: BuildsInput, build: Build, path: Path, language: Language, target: string): PlannedBinary[] {
  const { renderer } = input
  const { platform, fields, extra } = language.parse(target)
  const isPython = language.name === 'uv' || language.name === 'poetry'
  const ext = extensionOf(platform.target, isPython ? '' : (build.buildmode ?? ''))
  const empty = { ...buildData(platform, { name: '', ext, path: '' }), ...fields }
  const found = fileOf(input, build, path, { name: platform.target, ext, data: empty })
  if (found === undefined) return []
  const { file } = found
  const data = { ...buildData(platform, file), ...fields }
  // Python packages are no binaries, and their templates see no target.
  const seen = isPython ? {} : { ...data, ...artifactData(platform, file) }
  const own = renderer.env(build.env, [...path, 'env'], seen)
  const env = [...input.env, ...own]
  const known = { ...(renderer.data['Env'] as Record<string, string>), ...envOf(env) }
  const flags = (build.flags ?? []).length > 0 ? build.flags : language.defaults.flags
  const dir = build.dir || '.'
  const call = language.call({
    tool: renderer.render(build.tool || language.defaults.tool, [...path, 'tool'], seen),
    command: build.command || language.defaults.command,
    flags: renderer.list(flags, [...path, 'flags'], { ...seen, Env: known }),
    main: mainOf(input, build, path, language),
    target,
    output: file.path,
    file: file.name,
    buildmode: build.buildmode || 'wheel',
  })
  const binary: PlannedBinary = {
    id: build.id ?? '',
    builder: language.name,
    name: found.name,
    ext,
    platform,
    path: found.relative,
    command: { argv: call.argv, dir: language.name === 'node' ? '.' : dir, env },
    hooks: hooksOf(input, build, path, data),
    ...modTimestamp(renderer, build.mod_timestamp, path, seen),
  }
  if (call.leaves !== undefined) binary.leftAt = posix.join(dir, call.leaves)
  if (call.prepare !== undefined) binary.prepare = call.prepare.map((argv): Command => ({ argv, dir: '.', env: [] }))
  if (language.inTurn) binary.inTurn = true
  if (extra !== undefined) binary.extra = extra
  if (language.name === 'node') {
    // GoReleaser calls it from the folder of the project, whatever `dir` says.
    binary.main = posix.join(dir, mainOf(input, build, path, language))
    binary.projectDir = dir
  }
  return [isPython ? pythonPackage(input, build, binary) : binary]
}

function mainOf({ renderer, files }: BuildsInput, build: Build, path: Path, language: Language): string {
  const written = renderer.render(build.main, [...path, 'main'])
  if (written !== '') return written
  if (language.name === 'bun') {
    const text = files.read(posix.join(build.dir || '.', 'package.json'))
    const module = text === undefined ? undefined : (json(text) as { module?: unknown } | undefined)?.module
    if (typeof module === 'string' && module !== '') return module
  }
  return language.defaults.main
}

/** The file that uv and Poetry make: they name it after the project. */
function pythonPackage(input: BuildsInput, build: Build, binary: PlannedBinary): PlannedBinary {
  const project = toml(input.files.read(posix.join(build.dir || '.', 'pyproject.toml')) ?? '')?.['project']
  const facts = (project ?? {}) as { name?: unknown; version?: unknown }
  const name = typeof facts.name === 'string' ? facts.name.replaceAll('-', '_') : ''
  const version = typeof facts.version === 'string' ? facts.version : ''
  const isSource = build.buildmode === 'sdist'
  const stem = isSource ? `${name}-${version}` : `${name}-${version}-py3-none-any`
  const ext = isSource ? '.tar.gz' : '.whl'
  const path = posix.join(posix.dirname(binary.path), stem + ext)
  return { ...binary, name: stem, ext, path, product: isSource ? 'sdist' : 'wheel' }
}

/** Files without which the toolchain has nothing to build. */
function checkProject(input: BuildsInput, build: Build, path: Path): boolean {
  const { renderer, files } = input
  const wanted: Record<string, string> = { rust: 'Cargo.toml', uv: 'pyproject.toml', poetry: 'pyproject.toml' }
  const name = wanted[build.builder ?? '']
  if (name === undefined) return true
  const file = posix.join(build.dir || '.', name)
  const text = files.read(file)
  const table = text === undefined ? undefined : toml(text)
  if (table === undefined) {
    const what = text === undefined ? `there is no ${file}` : `${file} is no TOML`
    renderer.problem('no-project', path, `${what}, which ${build.builder} builds`, 'look at `dir` of the build')
    return false
  }
  const { members } = (table['workspace'] ?? {}) as { members?: unknown }
  const isNamed = (build.flags ?? []).some((flag) => /^(-p|--package)=/.test(flag))
  if (build.builder !== 'rust' || !Array.isArray(members) || members.length === 0 || isNamed) return true
  const message = `${file} is a workspace of ${members.map(String).join(', ')}, and the build does not say which it is of`
  renderer.problem('workspace', path, message, 'add `--package=NAME` to `flags`')
  return false
}

function toml(text: string): Record<string, unknown> | undefined {
  try {
    return parseToml(text)
  } catch {
    return undefined
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
