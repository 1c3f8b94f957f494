import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Build, Config } from '../config/config.ts'
import { type Platform, variantOf } from '../core/platform.ts'
import type { Named, PlannedUpload } from './archives.ts'
import type { BuildsInput } from './build-parts.ts'
import { planTarget } from './builds.ts'
import { moduleOf, type ProjectFiles } from './go-source.ts'
import type { Plan, PlannedBinary } from './plan.ts'
import { fixTarget, parseTarget } from './targets.ts'

type Ko = NonNullable<Config['kos']>[number]
type Builds = Pick<Config, 'builds' | 'project_name'>

/** What an entry of `kos` makes its image of. */
export interface KoProgram {
  id: string
  build: Build
  /** The package, relative to `dir`; and the folder that `go` would run in. */
  main: string
  dir: string
  /** `github.com/ann/hello/cmd/hello` */
  importPath: string
  /** Its name in the image, as ko names it: the last part of the import path. */
  app: string
}

/** The entry with what it takes over from its build; undefined where there is no such build, which is told elsewhere. */
export function koProgram(ko: Ko, config: Builds, files: ProjectFiles): KoProgram | undefined {
  const project = config.project_name ?? ''
  const id = ko.id || project
  const build = (config.builds ?? []).find((one) => (one.id || project) === (ko.build || id))
  if (build === undefined) return undefined
  const dir = posix.normalize(ko.working_dir || build.dir || '.')
  const main = posix.normalize(ko.main || build.main || '.')
  const importPath = importPathOf(posix.join(dir, main), files)
  return { id, build, main, dir, importPath, app: posix.basename(importPath) }
}

/** The import path of a folder: that of the nearest module above it, and the way down. */
function importPathOf(folder: string, files: ProjectFiles): string {
  for (let root = folder; ; root = posix.dirname(root)) {
    const text = files.read(posix.join(root, 'go.mod'))
    if (text !== undefined) return posix.join(moduleOf(text), posix.relative(root, folder))
    if (root === '.' || root.startsWith('..') || root === '/') return posix.basename(folder)
  }
}

/**
 * The repository of an image, as ko names it below the one that is given.
 * @example koRepository('ghcr.io/ann', 'example.org/hello', {}) // 'ghcr.io/ann/hello-d6b…'
 */
export function koRepository(base: string, importPath: string, ko: Ko): string {
  const path = importPath.toLowerCase()
  if (ko.preserve_import_paths === true) return posix.join(base, path)
  if (ko.base_import_paths === true) return posix.join(base, posix.basename(path))
  if (ko.bare === true) return base
  return posix.join(base, `${posix.basename(path)}-${createHash('md5').update(path).digest('hex')}`)
}

/** `linux/arm/v7` as a target of Go; the variants that are not told are those that base images have. */
export function koTarget(platform: string): Platform {
  const [os = '', arch = '', variant = ''] = platform.split('/')
  const plain = variant.replace(/^v(?=\d)/, arch === 'amd64' ? 'v' : '')
  return parseTarget(fixTarget([os, arch, plain || (arch === 'arm' ? '7' : '')].filter((one) => one !== '').join('_')))
}

/** The program of the release that goes into an image for a platform; one that is built for images only comes first. */
export function koBinary(
  plan: Pick<Plan, 'binaries'>,
  program: KoProgram,
  platform: string,
): PlannedBinary | undefined {
  const { goos, goarch, ...wanted } = koTarget(platform)
  const fit = plan.binaries.filter(
    (one) =>
      one.platform.goos === goos &&
      one.platform.goarch === goarch &&
      variantOf(one.platform) === variantOf({ goos, goarch, ...wanted }),
  )
  return (
    fit.find((one) => one.product === 'image' && one.id === ownId(program)) ??
    fit.find((one) => one.product === undefined && one.id === program.build.id)
  )
}

/** Id of what is built for images only. */
const ownId = ({ id }: KoProgram): string => `ko-${id}`

/**
 * What the release has to hold for `kos` beside its archives. A program that is built anyway, with the same flags, is taken as it is; what
 * differs, or is for a platform that nobody else wants, is built for the image. Both are files of the release, since images are made of nothing else.
 */
export function planKos(
  input: BuildsInput,
  planned: Pick<Plan, 'binaries' | 'archives' | 'uploads'>,
  version: string,
  names: Named[],
): { binaries: PlannedBinary[]; files: PlannedUpload[] } {
  const { renderer, config, skip } = input
  const binaries: PlannedBinary[] = []
  const files: PlannedUpload[] = []
  if (skip.has('ko')) return { binaries, files }
  for (const [index, ko] of (config.kos ?? []).entries()) {
    const at = ['kos', index]
    const program = koProgram(ko, config, input.files)
    if (program === undefined || renderer.isTrue(ko.disable, [...at, 'disable'])) continue
    const same = isSame(input, ko, program)
    for (const platform of koPlatforms(ko)) {
      if (!/^linux\/[a-z0-9]+(\/[a-z0-9.]+)?$/.test(platform)) continue
      const built = same ? koBinary(planned, program, platform) : undefined
      const own = built === undefined ? planTarget(input, ownBuild(ko, program), at, koTarget(platform)) : []
      binaries.push(...own.map((one) => ({ ...one, product: 'image' as const })))
      for (const { id, path, platform: target } of [...own, ...(built === undefined ? [] : [built])]) {
        if (isHeld(planned, path) || files.some((one) => one.path === path)) continue
        const name = `${ownId(program)}_${version.replaceAll('+', '-')}_${platform.replaceAll('/', '_')}`
        names.push({ name, at })
        files.push({ name, kind: 'file', id, platform: target, format: 'binary', path })
      }
    }
  }
  return { binaries, files }
}

/** The platforms of an entry; ko's own default is one. */
export function koPlatforms(ko: Ko): string[] {
  return (ko.platforms ?? []).length > 0 ? (ko.platforms ?? []) : ['linux/amd64']
}

/** Whether the build makes what ko would: ko builds without cgo unless told otherwise. */
function isSame({ env, outer }: BuildsInput, ko: Ko, { build, main, dir }: KoProgram): boolean {
  const told = [...env, ...(build.env ?? [])].some((one) => one.trim().startsWith('CGO_ENABLED='))
  const equal = (own: string[] | undefined, other: string[] | undefined): boolean =>
    (own ?? []).length === 0 || JSON.stringify(own) === JSON.stringify(other ?? [])
  return (
    (build.builder ?? 'go') === 'go' &&
    (told || outer['CGO_ENABLED'] !== undefined) &&
    equal(ko.flags, build.flags) &&
    equal(ko.ldflags, build.ldflags) &&
    equal(ko.env, build.env) &&
    main === posix.normalize(build.main || '.') &&
    dir === posix.normalize(build.dir || '.')
  )
}

function ownBuild(ko: Ko, program: KoProgram): Build {
  const { build, main, dir, app } = program
  const own = (mine: string[] | undefined, other: string[] | undefined): string[] =>
    (mine ?? []).length > 0 ? (mine ?? []) : (other ?? [])
  const flags = own(ko.flags, build.flags)
  return {
    id: ownId(program),
    builder: 'go',
    binary: app,
    // The compiler takes a name without `./` for a package of the standard library.
    main: main === '.' || main.startsWith('.') ? main : `./${main}`,
    dir,
    flags: flags.includes('-trimpath') ? flags : [...flags, '-trimpath'],
    ldflags: own(ko.ldflags, build.ldflags),
    env: ['CGO_ENABLED=0', ...own(ko.env, build.env)],
  }
}

function isHeld({ archives, uploads }: Pick<Plan, 'archives' | 'uploads'>, path: string): boolean {
  const opened = archives.filter((one) => one.format !== 'tar.bz2' && one.format !== 'tbz2')
  return uploads.some((one) => one.path === path) || opened.some((one) => one.binaries.includes(path))
}
