import { posix } from 'node:path'
import { parse } from 'yaml'
import type { Language } from './languages.ts'
import type { ShellCommand } from './shell.ts'

const SHELLS = new Set(['bash', 'sh', 'zsh', 'dash', 'source', '.', 'eval'])
const POWERSHELLS = new Set(['pwsh', 'powershell'])
const INTERPRETERS = new Set(['python', 'python3', 'py', 'node', 'deno', 'bun', 'tsx', 'zx', 'ts-node'])

export interface FollowedScript {
  path: string
  text: string
  /** Where it is not told by the path. */
  language?: Language
  /** The folder it runs in, where that is another. */
  folder?: string
}

/**
 * Scripts of the repository that a command runs: `./scripts/publish.sh`, `bash x.sh`, `make release`, `npm run release`.
 * Each with its path and its text.
 */
export function followed(
  command: ShellCommand,
  folder: string,
  readFile: (path: string) => string | undefined,
): FollowedScript[] {
  const [program = '', ...args] = command.words
  const name = (program.split('/').at(-1) ?? '').replace(/\.exe$/i, '')
  const plain = args.filter((arg) => !arg.startsWith('-'))
  if (SHELLS.has(name)) {
    if (name === 'eval') return [{ path: 'eval', text: args.join(' '), language: 'shell' }]
    const inline = args.findIndex((arg) => /^-\w*c$/.test(arg))
    if (inline !== -1) return [{ path: `${name} -c`, text: args[inline + 1] ?? '', language: 'shell' }]
    return plain[0] === undefined ? [] : file(plain[0])
  }
  if (POWERSHELLS.has(name)) {
    const inline = args.findIndex((arg) => /^-(c|command)$/i.test(arg))
    if (inline !== -1)
      return [{ path: `${name} -Command`, text: args.slice(inline + 1).join(' '), language: 'powershell' }]
    return plain.filter((arg) => /\.ps1$/i.test(arg)).flatMap(file)
  }
  if (INTERPRETERS.has(name)) {
    return plain
      .filter((arg) => /\.(py|[cm]?[jt]s)$/.test(arg))
      .slice(0, 1)
      .flatMap(file)
  }
  if (name === 'task' || name === 'go-task') return plain.flatMap(taskfile)
  if (name === 'just') return plain.slice(0, 1).flatMap(justfile)
  if (name === 'make' || name === 'gmake') return makeTargets(args)
  if (['npm', 'pnpm', 'yarn', 'bun'].includes(name)) return packageScript(args)
  return program.includes('/') && !program.startsWith('/') ? file(program) : []

  function file(path: string): FollowedScript[] {
    if (path.includes('$')) return []
    for (const candidate of [posix.join(folder, path), posix.normalize(path)]) {
      if (candidate.startsWith('..') || posix.isAbsolute(candidate)) continue
      const text = readFile(candidate)
      if (text !== undefined && !text.includes('\0')) return [{ path: candidate, text }]
    }
    return []
  }

  function makeTargets(words: string[]): FollowedScript[] {
    const inFolder = words.indexOf('-C')
    const where = inFolder === -1 ? '.' : (words[inFolder + 1] ?? '.')
    const [makefile] = ['Makefile', 'makefile', 'GNUmakefile'].flatMap((one) => file(posix.join(where, one)))
    if (makefile === undefined) return []
    return words
      .filter((word) => !word.startsWith('-') && !word.includes('='))
      .map((target) => ({
        path: `${makefile.path} ${target}`,
        text: recipe(makefile.text, target, new Set()),
        language: 'shell',
        folder: posix.dirname(makefile.path),
      }))
  }

  function taskfile(target: string): FollowedScript[] {
    const [found] = ['Taskfile.yml', 'Taskfile.yaml', 'Taskfile.dist.yml'].flatMap((one) => file(one))
    if (found === undefined) return []
    const text = taskCommands(found.text, target, new Set())
    return text === '' ? [] : [{ path: `${found.path} ${target}`, text, language: 'shell' }]
  }

  function justfile(target: string): FollowedScript[] {
    const [found] = ['justfile', 'Justfile', '.justfile'].flatMap((one) => file(one))
    if (found === undefined || !/^[\w-]+$/.test(target)) return []
    const lines = found.text.split('\n')
    const at = lines.findIndex((line) => new RegExp(`^@?${target}\\b[^=]*:(?!=)`).test(line))
    if (at === -1) return []
    const end = lines.findIndex((line, index) => index > at && line !== '' && !/^\s/.test(line))
    const text = lines.slice(at + 1, end === -1 ? undefined : end).map((line) => line.trim().replace(/^[@-]+/, ''))
    return [{ path: `${found.path} ${target}`, text: text.join('\n'), language: 'shell' }]
  }

  function packageScript(words: string[]): FollowedScript[] {
    const plain = words.filter((word) => !word.startsWith('-'))
    const wanted = plain[0] === 'run' || plain[0] === 'run-script' ? plain[1] : undefined
    const [manifest] = file('package.json')
    if (wanted === undefined || manifest === undefined) return []
    try {
      const scripts = (JSON.parse(manifest.text) as { scripts?: Record<string, string> }).scripts ?? {}
      const text = scripts[wanted]
      return text === undefined ? [] : [{ path: `package.json ${wanted}`, text, language: 'shell' }]
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

/** The commands of a task of go-task, those of its dependencies first. */
function taskCommands(text: string, target: string, seen: Set<string>): string {
  if (seen.has(target) || seen.size > 50) return ''
  seen.add(target)
  let tasks: Record<string, unknown>
  try {
    const whole = parse(text, { maxAliasCount: 100, logLevel: 'silent' }) as { tasks?: Record<string, unknown> } | null
    tasks = whole?.tasks ?? {}
  } catch {
    return ''
  }
  const task = tasks[target]
  const list = (value: unknown): unknown[] =>
    Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value]
  if (typeof task === 'string' || Array.isArray(task))
    return list(task)
      .filter((one) => typeof one === 'string')
      .join('\n')
  if (typeof task !== 'object' || task === null) return ''
  const { deps, cmds, cmd } = task as { deps?: unknown; cmds?: unknown; cmd?: unknown }
  const of = (one: unknown): string => {
    if (typeof one === 'string') return one
    const { task: other, cmd: command } = (one ?? {}) as { task?: unknown; cmd?: unknown }
    return typeof command === 'string' ? command : typeof other === 'string' ? taskCommands(text, other, seen) : ''
  }
  const before = list(deps).map((one) => (typeof one === 'string' ? taskCommands(text, one, seen) : of(one)))
  return [...before, ...list(cmds).map(of), ...list(cmd).map(of)].join('\n')
}
