import { type ShellCommand, shellCommands } from './shell.ts'

// Scripts that are no shell: only the commands that they start and the requests that they send are read.

export type Language = 'shell' | 'powershell' | 'python' | 'javascript'

/** The language of a script, by its name and first line; of a step, by its `shell:`. */
export function languageOf(path: string, text: string, shell = ''): Language {
  const first = /^#!(.*)/.exec(text)?.[1] ?? ''
  if (/\.ps[m]?1$/.test(path) || /^(pwsh|powershell)/.test(shell)) return 'powershell'
  if (path.endsWith('.py') || /python/.test(first) || shell.startsWith('python')) return 'python'
  if (/\.[cm]?[jt]s$/.test(path) || /\b(node|deno|bun|zx)\b/.test(first) || /^(node|deno|bun)/.test(shell))
    return 'javascript'
  return 'shell'
}

/** The commands of a script, whatever it is written in. */
export function commandsIn(text: string, language: Language): ShellCommand[] {
  if (language === 'shell') return shellCommands(text)
  if (language === 'powershell') return shellCommands(asShell(text))
  return commandsInCode(language === 'python' ? withoutHashComments(text) : withoutSlashComments(text))
}

/** PowerShell that reads like shell: back-ticks continue a line, `&` calls, back-slashes are path separators. */
function asShell(text: string): string {
  return text
    .replaceAll(/<#.*?#>/gs, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .replaceAll('\\', '/')
    .replaceAll(/`\r?\n/g, ' \\\n')
    .replaceAll('`', '')
    .replaceAll(/^(\s*)&\s+/gm, '$1')
    .replaceAll(/^(\s*)\$\w+\s*=\s*(?=(?:choco|nuget|npm|gh|git|docker|dotnet|twine|curl|Invoke-)\b)/gim, '$1')
    .replaceAll(
      /\bStart-Process\s+(?:-FilePath\s+)?["']?([\w.-]+)["']?\s+-ArgumentList\s+["']([^"'\n]*)["']/gi,
      '$1 $2',
    )
    .replaceAll(
      /^(\s*)Invoke-(RestMethod|WebRequest)\b(.*)$/gim,
      (_, space: string, _name, rest: string) =>
        `${space}curl ${rest
          .replace(/-Method\s+/i, '-X ')
          .replace(/-Body\s/i, '-d ')
          .replace(/-InFile\s/i, '-T ')
          .replace(/-Uri\s+/i, '')}`,
    )
}

function withoutHashComments(text: string): string {
  return text.replaceAll(/^\s*#.*$/gm, '')
}

function withoutSlashComments(text: string): string {
  return text.replaceAll(/^\s*(\/\/|\*).*$/gm, '')
}

const STRING = String.raw`(?:[rbf]{0,2})(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|` + '`(?:[^`\\\\]|\\\\.)*`)'
/** `subprocess.run([…])`, `check_call('…')`, `os.system('…')`, `execSync('…')`, `spawn('npm', ['publish'])`, `exec.exec(…)`. */
const CALL = new RegExp(
  String.raw`\b(?:subprocess\.\w+|check_call|check_output|os\.system|os\.popen|run|call|Popen|exec|execSync|execFile|execFileSync|spawn|spawnSync|execa|execaSync|execaCommand|\$)\s*\(\s*(\[|${STRING})`,
  'g',
)
/** zx and execa: $`npm publish`. */
const TAGGED = /\$(?:sync)?\s*`((?:[^`\\]|\\.)*)`/g
const REQUEST = new RegExp(
  String.raw`\b(?:requests\.(post|put|patch)|httpx\.(post|put|patch)|axios\.(post|put|patch)|got\.(post|put|patch)|fetch|urlopen|Request)\s*\(\s*(${STRING})([^;]{0,400})`,
  'g',
)
/** Octokit's methods, as github-script has them. */
const OCTOKIT =
  /\brepos\.createRelease\b|\brepos\.uploadReleaseAsset\b|\bactions\.createWorkflowDispatch\b|\brepos\.createDispatchEvent\b|\bgit\.createRef\b/g

function commandsInCode(text: string): ShellCommand[] {
  const found: ShellCommand[] = []
  const lineAt = (index: number): number => text.slice(0, index).split('\n').length - 1
  const add = (command: string, index: number): void => {
    for (const one of shellCommands(command)) found.push({ ...one, line: lineAt(index) })
  }
  for (const call of text.matchAll(CALL)) {
    const after = call.index + call[0].length
    if (call[1] === '[') addWords(stringsIn(upTo(text, after, ']')), call.index)
    else {
      const first = unquote(call[1] ?? '')
      const list = /^\s*,\s*\[/.exec(text.slice(after))
      if (list === null) add(first, call.index)
      else addWords([first, ...stringsIn(upTo(text, after + list[0].length, ']'))], call.index)
    }
  }
  for (const call of text.matchAll(TAGGED)) add(call[1] ?? '', call.index)
  for (const call of text.matchAll(REQUEST)) {
    const method = (
      call[1] ??
      call[2] ??
      call[3] ??
      call[4] ??
      /method["']?\s*[:=]\s*["'](\w+)/.exec(call[6] ?? '')?.[1]
    )?.toUpperCase()
    if (method === undefined || method === 'GET') continue
    add(`curl -X ${method} ${unquote(call[5] ?? '').replaceAll(/\$?\{[^{}]*\}/g, 'X')}`, call.index)
    const last = found.at(-1)
    if (last !== undefined) last.text += ` ${call[6] ?? ''}`
  }
  for (const call of text.matchAll(OCTOKIT)) add(octokit(call[0], text.slice(call.index, call.index + 600)), call.index)
  return found.sort((a, b) => a.line - b.line)

  function addWords(words: string[], index: number): void {
    if (words.length > 0) found.push({ words, env: {}, line: lineAt(index), text: words.join(' ') })
  }
}

function octokit(method: string, around: string): string {
  const field = (name: string): string =>
    new RegExp(String.raw`\b${name}\s*:\s*['"\`]([^'"\`]+)`).exec(around)?.[1]?.replaceAll(/\s/g, '') ?? ''
  if (method.endsWith('createRelease'))
    return `gh release create ${/tag_name\s*:\s*([^,\n}]+)/.exec(around)?.[1]?.replaceAll(/[\s'"`]/g, '') ?? ''}`
  if (method.endsWith('uploadReleaseAsset')) return 'gh release upload'
  if (method.endsWith('createWorkflowDispatch')) return `gh workflow run ${field('workflow_id')}`
  if (method.endsWith('createDispatchEvent'))
    return `gh api -X POST /repos/O/R/dispatches -f event_type=${field('event_type')}`
  return 'gh api -X POST /repos/O/R/git/refs'
}

function upTo(text: string, from: number, end: string): string {
  const at = text.indexOf(end, from)
  return text.slice(from, at === -1 ? Math.min(text.length, from + 400) : at)
}

function stringsIn(text: string): string[] {
  return (text.match(new RegExp(STRING, 'g')) ?? []).map(unquote)
}

function unquote(literal: string): string {
  return literal.replace(/^[rbf]{0,2}(['"`])/, '').replace(/['"`]$/, '')
}
