/** Whether a path of the build context is passed over. */
export type Ignored = (path: string) => boolean

/**
 * What `.dockerignore` says (https://docs.docker.com/build/concepts/context/#dockerignore-files): patterns of Go's filepath.Match and
 * `**`, comments, and exceptions with `!`; the last that fits counts. A pattern that fits a folder fits all in it.
 * @example dockerIgnore('*.md\n!README.md')('README.md') // false
 */
export function dockerIgnore(text: string): Ignored {
  const rules = text
    .replace(/^\u{FEFF}/u, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      if (line.startsWith('#')) return []
      const trimmed = line.trim()
      const except = trimmed.startsWith('!')
      const pattern = cleaned(except ? trimmed.slice(1).trim() : trimmed)
      return pattern === '' ? [] : [{ except, pattern: pathPattern(pattern) }]
    })
  return (path) => {
    const parts = path.split('/')
    const parents = parts.map((_, count) => parts.slice(0, count + 1).join('/'))
    let ignored = false
    for (const { except, pattern } of rules) {
      if (ignored === except && parents.some((one) => pattern.test(one))) ignored = !except
    }
    return ignored
  }
}

function cleaned(pattern: string): string {
  return pattern
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
}

/**
 * A pattern for whole paths: `*` and `?` stay between slashes, `**` crosses them, `[a-z]` is a class, a backslash takes away a meaning.
 * @example pathPattern('a/*.txt').test('a/b.txt') // true
 */
export function pathPattern(pattern: string): RegExp {
  let out = ''
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? ''
    if (char === '*' && pattern[at + 1] === '*') {
      at++
      if (pattern[at + 1] === '/') {
        at++
        out += '(?:.*/)?'
      } else out += '.*'
    } else if (char === '*') out += '[^/]*'
    else if (char === '?') out += '[^/]'
    else if (char === '[') {
      const close = pattern.indexOf(']', at + 2)
      if (close === -1) out += '\\['
      else {
        out += `[${pattern.slice(at + 1, close).replaceAll(/[\\[\]]/g, '\\$&')}]`
        at = close
      }
    } else if (char === '\\') out += escaped(pattern[++at] ?? '\\')
    else out += escaped(char)
  }
  return new RegExp(`^${out}$`, 's')
}

function escaped(char: string): string {
  return /[.+*?^${}()|[\]\\/]/.test(char) ? `\\${char}` : char
}
