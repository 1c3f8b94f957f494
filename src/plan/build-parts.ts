import { join, posix } from 'node:path'
import type { Build } from '../config/config.ts'
import type { FullConfig } from '../config/defaults.ts'
import type { Path } from '../config/path.ts'
import type { FileFacts, TemplateData } from './context.ts'
import type { ProjectFiles } from './go-source.ts'
import { planHooks } from './hooks.ts'
import { leavesRoot } from './names.ts'
import type { PlannedBinary } from './plan.ts'
import type { Proxied } from './gomod-proxy.ts'
import type { Renderer } from './renderer.ts'

export interface BuildsInput {
  renderer: Renderer
  config: FullConfig
  /** Before defaults: what the user wrote. */
  written: Build[]
  /** Absolute root of the project; the compiler and hooks are told absolute paths. */
  root: string
  /** Entries of the config's own `env`, rendered. */
  env: string[]
  /** The environment that tagonce was started with. */
  outer: Record<string, string | undefined>
  files: ProjectFiles
  skip: ReadonlySet<string>
  /** Only this target. */
  target?: string
  /** Only these ids, when there are several builds. */
  ids?: string[]
  /** Builds that take their module from the proxy, by the index of the build. */
  proxied: ReadonlyMap<number, Proxied>
}

/** Name and place of the file that a target makes; undefined where the name is none, which is a problem then. */
export function fileOf(
  input: BuildsInput,
  build: Build,
  path: Path,
  target: { name: string; ext: string; data: TemplateData },
): { name: string; relative: string; file: FileFacts } | undefined {
  const { renderer, config, root } = input
  const name = renderer.try(build.binary ?? '', [...path, 'binary'], target.data)
  if (name === undefined) return undefined
  if (name === '' || leavesRoot(name)) {
    renderer.problem('binary-name', [...path, 'binary'], `${JSON.stringify(name)} is no name for a binary`)
    return undefined
  }
  const unique = !renderer.isTrue(build.no_unique_dist_dir, [...path, 'no_unique_dist_dir'])
  const relative = posix.join(config.dist, unique ? `${build.id}_${target.name}` : '', name + target.ext)
  return { name, relative, file: { name: name + target.ext, ext: target.ext, path: join(root, relative) } }
}

export function hooksOf(
  input: BuildsInput,
  entry: Pick<Build, 'env' | 'hooks'>,
  path: Path,
  data: TemplateData,
): PlannedBinary['hooks'] {
  const { renderer, skip } = input
  const env = [...input.env, ...renderer.env(entry.env, [...path, 'env'], data)]
  const place = { env, data }
  const { pre, post } = entry.hooks ?? {}
  return {
    pre: skip.has('pre-hooks') ? [] : planHooks(renderer, pre, [...path, 'hooks', 'pre'], place),
    post: skip.has('post-hooks') ? [] : planHooks(renderer, post, [...path, 'hooks', 'post'], place),
  }
}

export function modTimestamp(
  renderer: Renderer,
  template: string | undefined,
  path: Path,
  data: TemplateData,
): { modTimestamp?: number } {
  const at = [...path, 'mod_timestamp']
  const text = renderer.try(template ?? '', at, data)
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

/** What a target's file ends with, as GoReleaser tells it from the target's name. */
export function extensionOf(target: string, buildmode: string): string {
  if (buildmode === 'c-shared') {
    if (target.includes('darwin')) return '.dylib'
    if (target.includes('windows')) return '.dll'
    return target.includes('wasm') ? '.wasm' : '.so'
  }
  if (buildmode === 'c-archive') return target.includes('windows') ? '.lib' : '.a'
  // `win-x64`, of Node.js: GoReleaser forgets that one, and its program would not start.
  return target.includes('wasm') ? '.wasm' : /windows|^win-/.test(target) ? '.exe' : ''
}

/** Where the header of a C library lies: `libhello.h` beside `libhello.a`. */
export function headerPath({ path, ext }: PlannedBinary): string {
  return `${path.slice(0, path.length - ext.length)}.h`
}
