import { isUtf8 } from 'node:buffer'
import { Composer, LineCounter, Parser, isAlias, isCollection, isNode, isPair } from 'yaml'
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
  const lines = new LineCounter()
  let text = ''
  const at = (offset: number, length = 1): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col), length }
  }
  const empty = { file, text, root: undefined, follow: (node: ParsedNode) => node, at, diagnostics }
  const refused = refuseBytes(file, bytes)
  if (refused !== undefined) return { ...empty, diagnostics: [refused] }
  text = new TextDecoder('utf-8', { ignoreBOM: false }).decode(bytes)
  const control = /[^\P{Cc}\t\n\r\u0085]/u.exec(text)
  if (control !== null) {
    lines.addNewLine(0)
    for (let i = text.indexOf('\n'); i !== -1; i = text.indexOf('\n', i + 1)) lines.addNewLine(i + 1)
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
    documents = compose(text, lines)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    diagnostics.push(tooDeep(file))
    return { ...empty, text }
  }
  const [first, second] = documents
  for (const error of first?.errors ?? []) diagnostics.push(syntaxProblem(error, text, at))
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

/** Like `parseAllDocuments`, with duplicate keys left to the decoder and every scalar a text. */
function compose(text: string, lines: LineCounter): Document.Parsed[] {
  const parser = new Parser(lines.addNewLine)
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, merge: false, lineCounter: lines })
  return [...composer.compose(parser.parse(text))]
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
      let column = 0
      while (
        isUtf8(part.subarray(0, column + 1)) ||
        isUtf8(part.subarray(0, column + 2)) ||
        isUtf8(part.subarray(0, column + 3)) ||
        isUtf8(part.subarray(0, column + 4))
      ) {
        if (column >= part.length) break
        column++
      }
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

function tooDeep(file: string): Diagnostic {
  return {
    severity: 'error',
    code: 'yaml-depth',
    message: 'the config is nested too deeply to be read',
    where: { file, line: 1, column: 1 },
    mend: 'look for a run of `[`, `{` or `- ` that was not meant',
  }
}

const SYNTAX: Partial<Record<YAMLError['code'], [message: string, mend: string]>> = {
  TAB_AS_INDENT: ['a tab indents this line; YAML allows spaces only', 'replace the tab by spaces'],
  BAD_INDENT: ['this line is indented by the wrong number of spaces', 'align it with its neighbours'],
  BAD_ALIAS: ['this alias names no anchor', 'define `&name` before `*name`'],
  MISSING_CHAR: ['something is missing here', 'close the quote or bracket that was opened'],
  BLOCK_AS_IMPLICIT_KEY: ['a key stands where a value was expected', 'put quotes around a value that holds `: `'],
  BAD_SCALAR_START: ['a plain text can’t start with this character', 'put quotes around it'],
  BAD_DQ_ESCAPE: ['there is no such escape in double quotes', 'write `\\\\` for a backslash, or use single quotes'],
  MULTILINE_IMPLICIT_KEY: ['this line has no `key: value`', 'add the missing `:`, or indent the line below its key'],
  KEY_OVER_1024_CHARS: ['this key is longer than 1024 characters', 'shorten it'],
}

function syntaxProblem(error: YAMLError, text: string, at: Tree['at']): Diagnostic {
  const [from, to] = error.pos
  const known = SYNTAX[error.code]
  const plain = error.message.split(/ at line \d+/)[0] ?? error.message
  const exact = error.code === 'MISSING_CHAR' || error.code === 'UNEXPECTED_TOKEN' || error.code === 'BAD_INDENT'
  const message = known === undefined || exact ? lowerFirst(plain) : known[0]
  const start = Math.min(from, Math.max(0, text.length - 1))
  const lineEnd = text.indexOf('\n', start)
  const length = Math.max(1, Math.min(to, lineEnd === -1 ? text.length : lineEnd) - start)
  const mend = known?.[1]
  return {
    severity: 'error',
    code: 'yaml-syntax',
    message: `not valid YAML: ${message}`,
    where: at(start, length),
    ...(mend === undefined ? {} : { mend }),
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
