/** One simple command of a script. */
export interface ShellCommand {
  /** Words with quotes undone; variables and `$( )` stay as written. */
  words: string[]
  /** `KEY=value` in front of the command. */
  env: Record<string, string>
  /** Line inside the script, from 0. */
  line: number
  /** The command line as it stands. */
  text: string
}

/**
 * Splits a script into simple commands, well enough to see which programs it runs with which arguments:
 * quotes, line ends, `&&`, `||`, `;`, `|`, `( )`, comments, here-documents, keywords. It is no shell and runs nothing.
 * @example shellCommands('cd a && npm publish --access public')[1]?.words // ['npm', 'publish', '--access', 'public']
 */
export function shellCommands(script: string): ShellCommand[] {
  const found: ShellCommand[] = []
  const lines = script.split('\n')
  let at = 0
  while (at < lines.length) {
    const start = at
    let line = lines[at] ?? ''
    at += 1
    while (/(^|[^\\])\\\s*$/.test(line) && at < lines.length) {
      line = `${line.replace(/\\\s*$/, ' ')}${lines[at] ?? ''}`
      at += 1
    }
    // An open quote goes on over the lines that follow.
    while (openQuote(line) && at < lines.length && at - start < 200) {
      line += `\n${lines[at] ?? ''}`
      at += 1
    }
    for (const words of split(line)) add(words, start, line)
    const here = /<<-?\s*(['"]?)([A-Za-z_]\w*)\1/.exec(line)
    if (here !== null) {
      while (at < lines.length && (lines[at] ?? '').trim() !== here[2]) at += 1
      at += 1
    }
  }
  return found

  function add(words: string[], line: number, text: string): void {
    const env: Record<string, string> = {}
    let rest = words
    for (;;) {
      const [first, ...more] = rest
      if (first === undefined) return
      const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(first)
      if (assignment !== null) {
        env[assignment[1] ?? ''] = assignment[2] ?? ''
        // `x=$(npm view …)`: what runs inside matters too.
        for (const inner of substitutions(assignment[2] ?? '')) for (const one of split(inner)) add(one, line, inner)
        rest = more
      } else if (KEYWORDS.has(first)) rest = more
      else if (WRAPPERS.has(first)) rest = more.filter((word, position) => position > 0 || !word.startsWith('-'))
      else break
    }
    for (const word of rest)
      for (const inner of substitutions(word)) for (const one of split(inner)) add(one, line, inner)
    found.push({ words: rest, env, line, text: text.trim() })
  }
}

const KEYWORDS = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'do',
  'done',
  'while',
  'until',
  '!',
  '{',
  '}',
  'time',
  'case',
  'esac',
])
/** Programs that only run another. */
const WRAPPERS = new Set([
  'sudo',
  'exec',
  'env',
  'nohup',
  'command',
  'retry',
  'npx',
  'bunx',
  'pnpx',
  'xvfb-run',
  'timeout',
  'nice',
])

function openQuote(line: string): boolean {
  let quote = ''
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at)
    if (character === '\\' && quote !== "'") at += 1
    else if (quote === '' && character === '#' && (at === 0 || /\s/.test(line.charAt(at - 1)))) return false
    else if (quote === '' && (character === "'" || character === '"')) quote = character
    else if (character === quote) quote = ''
  }
  return quote !== ''
}

function substitutions(word: string): string[] {
  return [...word.matchAll(/\$\(([^()]+)\)|`([^`]+)`/g)].map((one) => one[1] ?? one[2] ?? '')
}

/** A line as lists of words, one list for each simple command. */
function split(line: string): string[][] {
  const commands: string[][] = []
  let words: string[] = []
  let word = ''
  let inWord = false
  let depth = 0
  const endWord = (): void => {
    if (inWord) words.push(word)
    word = ''
    inWord = false
  }
  const endCommand = (): void => {
    endWord()
    if (words.length > 0) commands.push(words)
    words = []
  }
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at)
    if (depth > 0 || (character === '$' && line.charAt(at + 1) === '(')) {
      if (character === '(') depth += 1
      if (character === ')') depth -= 1
      word += character
      inWord = true
    } else if (line.startsWith('${{', at)) {
      const end = line.indexOf('}}', at)
      const whole = end === -1 ? line.slice(at) : line.slice(at, end + 2)
      word += whole
      inWord = true
      at += whole.length - 1
    } else if (character === '\\') {
      word += line.charAt(at + 1)
      inWord = true
      at += 1
    } else if (character === "'" || character === '"') {
      const end = closing(line, at, character)
      word += line.slice(at + 1, end)
      inWord = true
      at = end
    } else if (character === '#' && !inWord) {
      const end = line.indexOf('\n', at)
      if (end === -1) break
      at = end - 1
    } else if (/[;\n|&()]/.test(character)) endCommand()
    else if (/\s/.test(character)) endWord()
    else {
      word += character
      inWord = true
    }
  }
  endCommand()
  return commands
}

function closing(line: string, from: number, quote: string): number {
  for (let at = from + 1; at < line.length; at += 1) {
    if (line.charAt(at) === '\\' && quote === '"') at += 1
    else if (line.charAt(at) === quote) return at
  }
  return line.length
}

/** Words that are no options, and options as a table: `--name value`, `--name=value`, `-n value`. */
export function readArguments(
  words: string[],
  withValue: readonly string[] = [],
): { plain: string[]; options: Record<string, string> } {
  const plain: string[] = []
  const options: Record<string, string> = {}
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (!word.startsWith('-') || word === '-') {
      plain.push(word)
      continue
    }
    const equal = word.indexOf('=')
    if (equal !== -1) options[word.slice(0, equal)] = word.slice(equal + 1)
    else if (withValue.includes(word)) {
      options[word] = words[at + 1] ?? ''
      at += 1
    } else options[word] = ''
  }
  return { plain, options }
}
