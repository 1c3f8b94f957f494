import { DockerfileFault } from './fault.ts'
import type { Place } from './fault.ts'

/** An instruction's text with its continuations joined, and where each part of it stood. */
export interface LogicalLine {
  text: string
  /** Where the character at an offset of `text` stands in the file. */
  at(offset: number): Place
  heredocs: Heredoc[]
}

/** A file that stands in the Dockerfile itself: `COPY <<EOF /path`. */
export interface Heredoc {
  /** The word that ends it, which is also the file's name. */
  name: string
  content: string
  /** Whether variables in it are replaced; not where the word is quoted. */
  expand: boolean
}

interface Part {
  offset: number
  line: number
  column: number
}

const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/
const HEREDOC = /(?:^|\s)\d*<<(-?)\s*(["']?)([A-Za-z_][\w.]*)\2(?=\s|$)/g

/**
 * The instructions of a Dockerfile as lines (https://docs.docker.com/reference/dockerfile/#format): comments and blank lines are
 * gone, continuations joined, heredocs taken out.
 * @throws DockerfileFault
 */
export function logicalLines(file: string, source: string): { lines: LogicalLine[]; escape: string } {
  const raw = source.replace(/^\u{FEFF}/u, '').split(/\r?\n/)
  const { escape, next } = directives(file, raw)
  const lines: LogicalLine[] = []
  for (let at = next; at < raw.length; at++) {
    const first = raw[at] ?? ''
    const begin = first.trimStart()
    if (begin === '' || begin.startsWith('#')) continue
    const parts: Part[] = [{ offset: 0, line: at + 1, column: first.length - begin.length + 1 }]
    let { text, more } = cut(begin, escape)
    while (more && at + 1 < raw.length) {
      at++
      const line = raw[at] ?? ''
      if (line.trim() === '' || line.trimStart().startsWith('#')) continue
      const piece = cut(line, escape)
      parts.push({ offset: text.length, line: at + 1, column: 1 })
      text += piece.text
      more = piece.more
    }
    const place = placeIn(parts)
    const heredocs: Heredoc[] = []
    if (/^(COPY|ADD|RUN)\s/i.test(text)) {
      for (const [, dash, quote, name = ''] of text.matchAll(HEREDOC)) {
        const read = heredoc(raw, at + 1, name, dash === '-')
        if (read === undefined)
          throw new DockerfileFault(
            file,
            place(0),
            `the heredoc ${name} has no end`,
            `end it with a line that says ${name}`,
          )
        at = read.last
        heredocs.push({ name, content: read.content, expand: quote === '' })
      }
    }
    lines.push({ text: text.trimEnd(), at: place, heredocs })
  }
  return { lines, escape }
}

/** `# escape=` and others; they stand before all else. */
function directives(file: string, raw: string[]): { escape: string; next: number } {
  let escape = '\\'
  let next = 0
  const seen = new Set<string>()
  for (; next < raw.length; next++) {
    const found = DIRECTIVE.exec(raw[next] ?? '')
    const name = found?.[1]?.toLowerCase() ?? ''
    if (found === null || !['syntax', 'escape', 'check'].includes(name)) break
    const place = { line: next + 1, column: 1 }
    if (seen.has(name)) throw new DockerfileFault(file, place, `the directive ${name} stands twice`)
    seen.add(name)
    if (name !== 'escape') continue
    escape = found[2] ?? ''
    if (escape !== '\\' && escape !== '`') {
      throw new DockerfileFault(file, place, `escape can be \\ or \`, not ${escape}`)
    }
  }
  return { escape, next }
}

/** A line without the mark that it goes on. */
function cut(line: string, escape: string): { text: string; more: boolean } {
  const trimmed = line.replace(/[ \t]+$/, '')
  if (!trimmed.endsWith(escape) || trimmed.endsWith(escape + escape)) return { text: line, more: false }
  return { text: trimmed.slice(0, -1), more: true }
}

function placeIn(parts: Part[]): (offset: number) => Place {
  return (offset) => {
    const part = parts.findLast((one) => one.offset <= offset)
    if (part === undefined) return { line: 1, column: 1 }
    return { line: part.line, column: part.column + offset - part.offset }
  }
}

function heredoc(
  raw: string[],
  from: number,
  name: string,
  dash: boolean,
): { content: string; last: number } | undefined {
  const content: string[] = []
  for (let at = from; at < raw.length; at++) {
    const line = dash ? (raw[at] ?? '').replace(/^\t+/, '') : (raw[at] ?? '')
    if (line === name) return { content: content.map((one) => `${one}\n`).join(''), last: at }
    content.push(line)
  }
  return undefined
}
