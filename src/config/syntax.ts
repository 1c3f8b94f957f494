import { isUtf8 } from 'node:buffer'
import { Composer, Parser, isAlias, isCollection, isNode, isPair } from 'yaml'
import type { Document, ParsedNode, YAMLError } from 'yaml'
import type { Diagnostic, Position } from '../core/errors.ts'

/** A YAML file with every position kept. Scalars are texts here: what they mean is decided where the schema is known. */
export interface Tree {
  file: string
  text: string
  /** Absent when the file is empty, or holds comments only. */
  root: ParsedNode | undefined
  /** The node that an alias stands for; other nodes are returned as they are. */
  follow(node: ParsedNode): ParsedNode | undefined
  /** Position of an offset, as an editor counts. */
  at(offset: number, length?: number): Position
  diagnostics: Diagnostic[]
}

/** The largest config that is read, in bytes. */
const LARGEST = 2 * 1024 * 1024

/** Reads YAML, collecting every problem of its syntax. Never throws. */
export function parseTree(file: string, bytes: Uint8Array): Tree {
  const diagnostics: Diagnostic[] = []
  let text = ''
  let starts = [0]
  const at = (offset: number, length = 1): Position => {
    const line = lineOf(starts, offset)
    return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1, length }
  }
  const empty = { file, text, root: undefined, follow: (node: ParsedNode) => node, at, diagnostics }
  const refused = refuseBytes(file, bytes)
  if (refused !== undefined) return { ...empty, diagnostics: [refused] }
  text = new TextDecoder('utf-8', { ignoreBOM: false }).decode(bytes)
  starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  const control = /[^\P{Cc}\t\n\r\u0085]/u.exec(text)
  if (control !== null) {
    const code = control[0].charCodeAt(0).toString(16).padStart(4, '0')
    diagnostics.push({
      severity: 'error',
      code: 'yaml-character',
      message: `the control character U+${code.toUpperCase()} may not stand in YAML`,
      where: at(control.index),
      mend: 'delete it; most editors can show invisible characters',
    })
    return { ...empty, text }
  }
  let documents: Document.Parsed[]
  try {
    documents = compose(text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    diagnostics.push(tooDeep({ file, line: 1, column: 1 }))
    return { ...empty, text }
  }
  const [first, second] = documents
  const errors = first?.errors ?? []
  const exhausted = errors.find((error) => error.code === 'RESOURCE_EXHAUSTION')
  if (exhausted !== undefined) diagnostics.push(tooDeep(at(exhausted.pos[0])))
  else for (const error of errors) diagnostics.push(syntaxProblem(error, text, at))
  if (second !== undefined && diagnostics.length === 0) {
    diagnostics.push({
      severity: 'warning',
      code: 'yaml-documents',
      message: 'only the first YAML document of the file is read',
      where: at(second.range[0], 3),
      mend: 'delete the `---` and what follows it',
    })
  }
  const root = first?.contents ?? undefined
  return { file, text, root, follow: linkAliases(root), at, diagnostics }
}

/** The index of the line that an offset lies in. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Like `parseAllDocuments`, with duplicate keys left to the decoder and every scalar a text. */
function compose(text: string): Document.Parsed[] {
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, merge: false, prettyErrors: false })
  return [...composer.compose(new Parser().parse(text))]
}

function refuseBytes(file: string, bytes: Uint8Array): Diagnostic | undefined {
  if (bytes.length > LARGEST) {
    const size = (bytes.length / 1024 / 1024).toFixed(1)
    return {
      severity: 'error',
      code: 'config-too-large',
      message: `the config is ${size} MB; at most ${LARGEST / 1024 / 1024} MB are read`,
      where: { file, line: 1, column: 1 },
      mend: 'a config is written by hand: check that this is the right file',
    }
  }
  if (isUtf8(bytes)) return undefined
  let start = 0
  let line = 1
  for (;;) {
    const end = bytes.indexOf(10, start)
    const part = bytes.subarray(start, end === -1 ? bytes.length : end)
    if (!isUtf8(part) || end === -1) {
      const column = new TextDecoder().decode(part).indexOf('\uFFFD')
      return {
        severity: 'error',
        code: 'not-utf8',
        message: 'the config is not valid UTF-8',
        where: { file, line, column: column + 1 },
        mend: 'save the file as UTF-8',
      }
    }
    start = end + 1
    line++
  }
}

function tooDeep(where: Position): Diagnostic {
  return {
    severity: 'error',
    code: 'yaml-depth',
    message: 'the config is nested too deeply to be read',
    where,
    mend: 'look for a run of `[`, `{` or `- ` that was not meant',
  }
}

/** The reader's own words for what is no YAML, and ours. */
const SYNTAX: [theirs: RegExp, ours: string, mend: string][] = [
  [/^Tabs are not allowed/, 'a tab indents this line; YAML allows spaces only', 'replace the tab by spaces'],
  [/^Missing closing ['"]quote/, 'a quote is not closed', 'close it; a quote inside is doubled, or escaped'],
  [/^Flow (sequence|map) in block collection must/, 'a `[` or `{` above is not closed', 'close it before this line'],
  [/expected flow (collection|sequence|map)|Flow (sequence|map)/, 'a `[` or `{` is not closed', 'close it'],
  [
    /^Implicit map keys need to be followed|^Implicit keys need to be on a single line/,
    'this line has no `key: value`',
    'add the missing `:`, or indent the line below its key',
  ],
  [
    /^Nested mappings are not allowed/,
    'a key stands where a value was expected',
    'put quotes around a value that holds `: `',
  ],
  [/^Unresolved alias|^Alias/, 'an alias can’t stand here', 'write `*name` alone'],
  [/^Plain value cannot start/, 'a plain text can’t start with this character', 'put quotes around it'],
  [
    /^Invalid escape sequence/,
    'there is no such escape in double quotes',
    'write `\\\\` for a backslash, or use single quotes',
  ],
  [/indent/i, 'this line is indented by the wrong number of spaces', 'align it with its neighbours'],
]

function syntaxProblem(error: YAMLError, text: string, at: Tree['at']): Diagnostic {
  const [from, to] = error.pos
  const plain = error.message
  const known = SYNTAX.find(([theirs]) => theirs.test(plain))
  const start = Math.min(from, Math.max(0, text.length - 1))
  const lineEnd = text.indexOf('\n', start)
  const length = Math.max(1, Math.min(to, lineEnd === -1 ? text.length : lineEnd) - start)
  return {
    severity: 'error',
    code: 'yaml-syntax',
    message: `not valid YAML: ${known?.[1] ?? lowerFirst(plain)}`,
    where: at(start, length),
    ...(known === undefined ? {} : { mend: known[2] }),
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** One walk in the order of the file: an alias means the last anchor of that name above it. */
function linkAliases(root: ParsedNode | undefined): Tree['follow'] {
  const anchors = new Map<string, ParsedNode>()
  const targets = new Map<ParsedNode, ParsedNode>()
  const stack: unknown[] = [root]
  while (stack.length > 0) {
    const node = stack.pop()
    if (isPair(node)) stack.push(node.value, node.key)
    if (!isNode(node)) continue
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target !== undefined) targets.set(node as ParsedNode, target)
      continue
    }
    if (typeof node.anchor === 'string') anchors.set(node.anchor, node as ParsedNode)
    if (isCollection(node)) for (let i = node.items.length - 1; i >= 0; i--) stack.push(node.items[i])
  }
  return (node) => (isAlias(node) ? targets.get(node) : node)
}
