/** A command line, split; `cut` is what stands behind a `|`, `;`, `&`, `<` or `>` outside quotes, and is never run. */
export interface ShellWords {
  argv: string[]
  cut?: string
}

const ESCAPES: Record<string, string> = { t: '\t', n: '\n' }

/**
 * Splits a command line into its arguments, with quotes and backslashes and without a shell, as GoReleaser does:
 * variables and `$(…)` stay as they are. `undefined` where a quote is never closed.
 * @example splitCommand('go build -ldflags "-s -w"') // { argv: ['go', 'build', '-ldflags', '-s -w'] }
 */
export function splitCommand(line: string): ShellWords | undefined {
  const argv: string[] = []
  const open = { double: false, single: false, back: false, dollar: false }
  let word = ''
  let begun = false
  let escaped = false
  for (let index = 0; index < line.length; index++) {
    const letter = line.charAt(index)
    const inside = open.double || open.single || open.back || open.dollar
    if (escaped) {
      word += ESCAPES[letter] ?? letter
      begun = true
      escaped = false
    } else if (letter === '\\' && !open.single) {
      escaped = true
    } else if (' \t\r\n'.includes(letter)) {
      if (inside) word += letter
      else if (begun) argv.push(word)
      if (!inside) [word, begun] = ['', false]
    } else if (letter === '"' && !open.single && !open.dollar) {
      if (open.double) begun = true
      open.double = !open.double
    } else if (letter === "'" && !open.double && !open.dollar) {
      if (open.single) begun = true
      open.single = !open.single
    } else if (';&|<>'.includes(letter) && !inside) {
      // `2>` names a stream; its number is no argument.
      if (begun && !(letter === '>' && /^\d/.test(word))) argv.push(word)
      return { argv, cut: line.slice(index) }
    } else {
      const quoted = open.double || open.single
      if (letter === '`' && !quoted && !open.dollar) open.back = !open.back
      if (letter === ')' && !quoted && !open.back) open.dollar = !open.dollar
      if (letter === '(' && !quoted && !open.back) {
        if (open.dollar || !word.endsWith('$')) return undefined
        open.dollar = true
      }
      word += letter
      begun = true
    }
  }
  if (escaped || Object.values(open).includes(true)) return undefined
  if (begun) argv.push(word)
  return { argv }
}
