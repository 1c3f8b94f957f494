import type { Config } from '../config/config.ts'
import { repositoryOf } from '../external/git.ts'
import { moduleOf, type ProjectFiles } from './go-source.ts'

/**
 * The path of the Go module, as `go list -m` prints it first; empty where there is none.
 * @example modulePath(files, config) // 'github.com/ann/hello'
 */
export function modulePath(files: ProjectFiles, config: Config): string {
  const dir = config.gomod?.dir ?? '.'
  const own = files.read(`${dir}/go.mod`)
  if (own !== undefined) return moduleOf(own)
  const work = files.read(`${dir}/go.work`) ?? ''
  const first = /^\s*use\s*\(?\s*("[^"]+"|[^\s()]+)/m.exec(work)?.[1]?.replaceAll('"', '')
  return first === undefined ? '' : moduleOf(files.read(`${dir}/${first}/go.mod`) ?? '')
}

export interface NameHints {
  /** Of `release.github.name`, rendered. */
  release: string
  /** `release.disable`: the remote comes last then. */
  disabled: boolean
  /** Path of the Go module. */
  module: string
  /** URL of the git remote. */
  remote: string
}

/**
 * The project's name where the config gives none, as GoReleaser guesses it: from Cargo.toml, the repository of the
 * release (the git remote, unless it is set), the Go module. Empty where nothing names it.
 * @example guessProject(files, { release: '', disabled: false, module: 'a.org/x', remote: 'git@github.com:ann/y' }) // 'y'
 */
export function guessProject(files: ProjectFiles, hints: NameHints): string {
  const remote = repositoryOf(hints.remote)?.name ?? ''
  const repository = hints.release || (hints.disabled ? '' : remote)
  const module = hints.module.split('/').at(-1) ?? ''
  return cargoName(files.read('Cargo.toml') ?? '') || repository || module || remote
}

function cargoName(toml: string): string {
  const section = /^\s*\[package\]([^[]*)/m.exec(toml)?.[1] ?? ''
  return /^\s*name\s*=\s*["']([^"']+)["']/m.exec(section)?.[1] ?? ''
}

/** What is wrong with a project's name, or `undefined`: it becomes part of file names, paths and addresses. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.length > 100) return 'is longer than 100 characters'
  if (/[/\\]/.test(name) || name === '..' || name.startsWith('.')) return 'would be a path'
  if (name.startsWith('-')) return 'begins with a dash, which commands read as an option'
  const odd = /[^\p{L}\p{N}._+@ -]/u.exec(name)
  if (odd !== null) return `has ${JSON.stringify(odd[0])}, which has no place in the name of a file`
  return undefined
}
