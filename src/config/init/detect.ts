import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse as parseToml } from 'smol-toml'

/** The words of GoReleaser's `init --language`. */
export const LANGUAGES = ['go', 'rust', 'node', 'bun', 'deno', 'zig', 'uv', 'poetry'] as const
export type Language = (typeof LANGUAGES)[number]

/** What the files of a project say. */
export interface ProjectFacts {
  /** Names in the root. */
  files: ReadonlySet<string>
  packageJson: Record<string, unknown> | undefined
  pyproject: Record<string, unknown> | undefined
  cargo: Record<string, unknown> | undefined
  /** Folders with a Go program, from the root: `.`, `./cmd/hello`. */
  goMains: string[]
}

/** Reads what is needed to tell the language of a project. What can't be parsed is as if it were not there. */
export async function readFacts(root: string): Promise<ProjectFacts> {
  const files = new Set(await readdir(root))
  const text = (name: string): Promise<string | undefined> => readFile(join(root, name), 'utf8').catch(() => undefined)
  const [json, python, cargo] = await Promise.all([text('package.json'), text('pyproject.toml'), text('Cargo.toml')])
  return {
    files,
    packageJson: parsed(json, JSON.parse),
    pyproject: parsed(python, parseToml),
    cargo: parsed(cargo, parseToml),
    goMains: files.has('go.mod') ? await findGoMains(root) : [],
  }
}

function parsed(text: string | undefined, parse: (text: string) => unknown): Record<string, unknown> | undefined {
  if (text === undefined) return undefined
  try {
    return recordOf(parse(text))
  } catch {
    return undefined
  }
}

/** An object, or an empty one in place of what is none. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The root, or each folder of `cmd`: where Go programs are by custom. */
async function findGoMains(root: string): Promise<string[]> {
  if (await hasMain(root)) return ['.']
  const entries = await readdir(join(root, 'cmd'), { withFileTypes: true }).catch(() => [])
  const folders = entries.filter((one) => one.isDirectory()).map((one) => one.name)
  const found = await Promise.all(
    folders.map(async (name) => ((await hasMain(join(root, 'cmd', name))) ? [`./cmd/${name}`] : [])),
  )
  return found.flat().toSorted()
}

async function hasMain(folder: string): Promise<boolean> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.go') && !name.endsWith('_test.go'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8').catch(() => '')))
  return texts.some((text) => /^package\s+main\b/m.test(text) && /^func\s+main\(\)/m.test(text))
}

/**
 * The languages that a project has files of, the likeliest first: a `package.json` beside a `go.mod` is mostly there for tools.
 * @example detectLanguages(facts)[0] // { language: 'go', because: 'go.mod' }
 */
export function detectLanguages(facts: ProjectFacts): { language: Language; because: string }[] {
  const { files, packageJson, pyproject } = facts
  const first = (...names: string[]): string | undefined => names.find((name) => files.has(name))
  const found: [Language, string | undefined][] = [
    ['go', first('go.mod')],
    ['rust', first('Cargo.toml')],
    ['zig', first('build.zig')],
    ['deno', first('deno.json', 'deno.jsonc', 'deno.lock')],
    ...javascript(first('bun.lock', 'bun.lockb'), packageJson),
    ...python(pyproject),
  ]
  return found.flatMap(([language, because]) => (because === undefined ? [] : [{ language, because }]))
}

function javascript(
  bunLock: string | undefined,
  packageJson: ProjectFacts['packageJson'],
): [Language, string | undefined][] {
  if (bunLock !== undefined) return [['bun', bunLock]]
  if (packageJson === undefined) return []
  const types = Object.hasOwn(recordOf(packageJson['devDependencies']), '@types/bun')
  return [types ? ['bun', '@types/bun in package.json'] : ['node', 'package.json']]
}

function python(pyproject: ProjectFacts['pyproject']): [Language, string | undefined][] {
  if (pyproject === undefined) return []
  const backend = recordOf(pyproject['build-system'])['build-backend']
  const isPoetry =
    recordOf(pyproject['tool'])['poetry'] !== undefined || (typeof backend === 'string' && backend.startsWith('poetry'))
  return [[isPoetry ? 'poetry' : 'uv', 'pyproject.toml']]
}
