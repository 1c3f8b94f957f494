import { posix } from 'node:path'
import type { ShellCommand } from './shell.ts'

const SHELLS = new Set(['bash', 'sh', 'zsh', 'dash', 'source', '.', 'pwsh', 'powershell'])

/**
 * Scripts of the repository that a command runs: `./scripts/publish.sh`, `bash x.sh`, `make release`, `npm run release`.
 * Each with its path and its text.
 */
export function followed(
  command: ShellCommand,
  folder: string,
  readFile: (path: string) => string | undefined,
): { path: string; text: string }[] {
  const [program = '', ...args] = command.words
  const name = program.split('/').at(-1) ?? ''
  if (SHELLS.has(name)) {
    const script = args.find((arg) => !arg.startsWith('-'))
    return script === undefined ? [] : file(script)
  }
  if (name === 'make' || name === 'gmake') return makeTargets(args)
  if (['npm', 'pnpm', 'yarn', 'bun'].includes(name)) return packageScript(args)
  return program.includes('/') && !program.startsWith('/') ? file(program) : []

  function file(path: string): { path: string; text: string }[] {
    if (path.includes('$')) return []
    for (const candidate of [posix.join(folder, path), posix.normalize(path)]) {
      if (candidate.startsWith('..') || posix.isAbsolute(candidate)) continue
      const text = readFile(candidate)
      if (text !== undefined && !text.includes('\0')) return [{ path: candidate, text }]
    }
    return []
  }

  function makeTargets(words: string[]): { path: string; text: string }[] {
    const [makefile] = ['Makefile', 'makefile', 'GNUmakefile'].flatMap((one) => file(one))
    if (makefile === undefined) return []
    return words
      .filter((word) => !word.startsWith('-') && !word.includes('='))
      .map((target) => ({ path: `${makefile.path} ${target}`, text: recipe(makefile.text, target, new Set()) }))
  }

  function packageScript(words: string[]): { path: string; text: string }[] {
    const plain = words.filter((word) => !word.startsWith('-'))
    const wanted = plain[0] === 'run' || plain[0] === 'run-script' ? plain[1] : undefined
    const [manifest] = file('package.json')
    if (wanted === undefined || manifest === undefined) return []
    try {
      const scripts = (JSON.parse(manifest.text) as { scripts?: Record<string, string> }).scripts ?? {}
      const text = scripts[wanted]
      return text === undefined ? [] : [{ path: `package.json ${wanted}`, text }]
    } catch {
      return []
    }
  }
}

/** The commands of a make target, those of its prerequisites first. */
function recipe(makefile: string, target: string, seen: Set<string>): string {
  if (seen.has(target) || seen.size > 50) return ''
  seen.add(target)
  const lines = makefile.split('\n')
  const at = lines.findIndex((line) => line.startsWith(`${target}:`) && !line.startsWith(`${target}:=`))
  if (at === -1) return ''
  const before = (lines[at] ?? '')
    .slice(target.length + 1)
    .split(/\s+/)
    .filter(Boolean)
  const own: string[] = []
  for (const line of lines.slice(at + 1)) {
    if (!line.startsWith('\t')) break
    own.push(
      line
        .slice(1)
        .replace(/^[@+-]+/, '')
        .replaceAll('$$', '$')
        .replaceAll('$(MAKE)', 'make'),
    )
  }
  return [...before.map((one) => recipe(makefile, one, seen)), ...own].join('\n')
}
