/** What a plan may read of the project; paths are relative to its root, with forward slashes. */
export interface ProjectFiles {
  /** The text of a file, or `undefined` where there is none. */
  read(path: string): string | undefined
  /** What is in a folder, or `undefined` where there is none. */
  list(path: string): { name: string; folder: boolean }[] | undefined
  /** The bytes of a file that a template reads; throws where there is none. */
  bytes(path: string): Uint8Array
}

/**
 * A Go source without its comments and literals, each replaced by a space.
 * @example goCode('package a // main') // 'package a  '
 */
function goCode(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'/g, (part) =>
    part.includes('\n') ? '\n' : ' ',
  )
}

/** Whether a Go source has a `func main` of its own (no method). */
export function hasMain(text: string): boolean {
  return /^\s*func\s+main\s*\(/m.test(goCode(text))
}

/** The name of a Go source's package; empty where it has none. */
function packageOf(text: string): string {
  return /^\s*package\s+(\w+)/m.exec(goCode(text))?.[1] ?? ''
}

/**
 * The module that a go.mod names.
 * @example moduleOf('module example.org/hello // x\n') // 'example.org/hello'
 */
export function moduleOf(text: string): string {
  const name = /^\s*module\s+("[^"]+"|`[^`]+`|[^\s/(]\S*)/m.exec(text)?.[1] ?? ''
  return name.replaceAll(/["`]/g, '')
}

/**
 * All programs below a folder of a module, as `go list` finds them: name of the program → package, relative to `dir`.
 * @example findMains(files, '.', './...') // Map { 'hello' => '.', 'helper' => './cmd/helper' }
 */
export function findMains(files: ProjectFiles, dir: string, pattern: string): Map<string, string> {
  const start = join(pattern.replace(/\/?\.\.\.$/, ''))
  const module = moduleOf(files.read(join(dir, 'go.mod')) ?? '')
  const found = new Map<string, string>()
  const walk = (folder: string): void => {
    const entries = files.list(join(dir, folder)) ?? []
    const isModule = folder !== '' && entries.some((one) => !one.folder && one.name === 'go.mod')
    if (isModule) return
    const sources = entries.filter((one) => !one.folder && /^[^_.].*(?<!_test)\.go$/.test(one.name))
    if (sources.some((one) => isProgram(files.read(join(dir, folder, one.name)) ?? ''))) {
      const name = folder === '' ? programOf(module) : (folder.split('/').at(-1) ?? '')
      if (name !== '' && !found.has(name)) found.set(name, folder === '' ? '.' : `./${folder}`)
    }
    for (const one of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (one.folder && !/^[._]|^(testdata|vendor)$/.test(one.name)) walk(join(folder, one.name))
    }
  }
  walk(start)
  return found
}

function isProgram(text: string): boolean {
  const ignored = /^\/\/(go:build|\s*\+build)\s+ignore\b/m.test(text)
  return !ignored && packageOf(text) === 'main' && hasMain(text)
}

/** What `go build` calls the program at the root of a module: the last part of its path that is no major version. */
function programOf(module: string): string {
  const parts = module.split('/')
  const last = parts.pop() ?? ''
  return /^v\d+$/.test(last) ? (parts.pop() ?? last) : last
}

/** Joins relative paths with forward slashes; `.` and empty parts fall out. */
function join(...parts: string[]): string {
  return parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}
