import { readNumber } from './constants.ts'
import type { Token, TokenKind } from './lexer.ts'
import type { BranchNode, CommandNode, IdentifierNode, Node, Operand, PipeNode } from './nodes.ts'
import { wordsOf } from './nodes.ts'
import { unquote, unquoteCharacter } from './quote.ts'
import { TokenReader } from './tokens.ts'

/** How deep parentheses, blocks and branches may be nested. */
const MAX_NESTING = 200
const OPERANDS: ReadonlySet<TokenKind> = new Set([
  'bool',
  'character',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'string',
  'variable',
  '(',
])

export interface Parsed {
  body: Node[]
  /** Templates by name, the main one among them. */
  templates: Map<string, Node[]>
  /** Every use of a function, in order; whether it exists is known when it runs. */
  functions: IdentifierNode[]
}

/** Builds the tree of a template. Throws TemplateError. */
export function parseText(text: string, name: string): Parsed {
  return new Parser(text).run(name)
}

type Ending = { kind: 'end' } | { kind: 'else'; chained: 'if' | 'with' | undefined; offset: number }

class Parser {
  readonly #read: TokenReader
  readonly #templates = new Map<string, Node[]>()
  readonly #functions: IdentifierNode[] = []
  #variables: string[] = ['$']
  #loops = 0
  #nesting = 0

  constructor(text: string) {
    this.#read = new TokenReader(text)
  }

  run(name: string): Parsed {
    const body: Node[] = []
    while (this.#read.peek().kind !== 'end') {
      if (this.#atDefinition()) {
        this.#definition()
        continue
      }
      const offset = this.#read.peek().offset
      const node = this.#textOrAction()
      if (node.kind === 'end' || node.kind === 'else') {
        this.#read.fail(`this ${node.kind} belongs to no if, with or range`, offset)
      }
      body.push(node)
    }
    this.#keep(name, body, 0)
    return { body: this.#templates.get(name) ?? body, templates: this.#templates, functions: this.#functions }
  }

  #nest<T>(offset: number, run: () => T): T {
    if (this.#nesting >= MAX_NESTING) this.#read.fail(`this is nested more than ${MAX_NESTING} deep`, offset)
    this.#nesting++
    const result = run()
    this.#nesting--
    return result
  }

  #atDefinition(): boolean {
    if (this.#read.peek().kind !== 'open') return false
    const start = this.#read.mark()
    this.#read.take()
    const word = this.#read.peekWord()
    this.#read.reset(start)
    return word.kind === 'keyword' && word.text === 'define'
  }

  #definition(): void {
    const start = this.#read.take().offset
    this.#read.takeWord()
    const name = this.#name('define')
    this.#read.expect('close', 'define')
    this.#apart(name, start, 'define')
  }

  /** The body of a define or block: it sees no variables and no loop of its surroundings. */
  #apart(name: string, offset: number, word: string): void {
    const outside = { variables: this.#variables, loops: this.#loops }
    this.#variables = ['$']
    this.#loops = 0
    const { nodes, ending } = this.#nest(offset, () => this.#list(word, offset))
    if (ending.kind !== 'end') this.#read.fail(`an else does not belong to ${word}`, ending.offset)
    this.#variables = outside.variables
    this.#loops = outside.loops
    this.#keep(name, nodes, offset)
  }

  #keep(name: string, body: Node[], offset: number): void {
    const known = this.#templates.get(name)
    if (known !== undefined && !isEmpty(known)) {
      if (!isEmpty(body)) this.#read.fail(`the template ${JSON.stringify(name)} is defined twice`, offset)
      return
    }
    this.#templates.set(name, body)
  }

  #name(where: string): string {
    const token = this.#read.takeWord()
    if (token.kind !== 'string') this.#read.unexpected(token, where)
    return this.#unquoted(token)
  }

  #unquoted(token: Token): string {
    return unquote(token.text) ?? this.#read.fail('this string holds an escape that Go does not know', token.offset)
  }

  #list(word: string, offset: number): { nodes: Node[]; ending: Ending } {
    const nodes: Node[] = []
    for (;;) {
      if (this.#read.peekWord().kind === 'end') this.#read.fail(`this ${word} has no {{ end }}`, offset)
      const node = this.#textOrAction()
      if (node.kind === 'end' || node.kind === 'else') return { nodes, ending: node }
      nodes.push(node)
    }
  }

  #textOrAction(): Node | Ending {
    const token = this.#read.takeWord()
    if (token.kind === 'text') return { kind: 'text', text: token.text, offset: token.offset }
    if (token.kind !== 'open') this.#read.unexpected(token, 'the template')
    const first = this.#read.takeWord()
    if (first.kind === 'keyword') return this.#control(first)
    this.#read.back()
    return { kind: 'action', pipe: this.#pipeline('the action', 'close'), offset: first.offset }
  }

  #control(token: Token): Node | Ending {
    const { text: word, offset } = token
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        return this.#nest(offset, () => this.#branch(word, offset))
      case 'end':
        this.#read.expect('close', 'end')
        return { kind: 'end' }
      case 'else':
        return this.#else(offset)
      case 'break':
      case 'continue':
        this.#read.expect('close', word)
        if (this.#loops === 0) this.#read.fail(`a ${word} stands only inside range`, offset)
        return { kind: word, offset }
      case 'template':
        return this.#template(offset)
      case 'block':
        return this.#block(offset)
      default:
        return this.#read.fail(`${word} stands only at the top of a template`, offset)
    }
  }

  #else(offset: number): Ending {
    const next = this.#read.peekWord()
    if (next.kind === 'keyword' && (next.text === 'if' || next.text === 'with')) {
      return { kind: 'else', chained: next.text, offset }
    }
    this.#read.expect('close', 'else')
    return { kind: 'else', chained: undefined, offset }
  }

  #branch(word: 'if' | 'with' | 'range', offset: number): BranchNode {
    const outside = this.#variables.length
    const pipe = this.#pipeline(word, 'close')
    if (word === 'range') this.#loops++
    const { nodes: body, ending } = this.#list(word, offset)
    if (word === 'range') this.#loops--
    let otherwise: Node[] | undefined
    if (ending.kind === 'else') otherwise = this.#otherwise(word, ending, offset)
    this.#variables.length = outside
    return { kind: word, pipe, body, otherwise, offset }
  }

  #otherwise(word: 'if' | 'with' | 'range', ending: Ending & { kind: 'else' }, offset: number): Node[] {
    if (ending.chained !== undefined) {
      const token = this.#read.take()
      if (ending.chained !== word) this.#read.unexpected(token, `the else of ${word}`)
      const chained = ending.chained
      return [this.#nest(offset, () => this.#branch(chained, token.offset))]
    }
    const { nodes, ending: last } = this.#list(word, offset)
    if (last.kind === 'else') this.#read.fail(`this ${word} has a second else`, last.offset)
    return nodes
  }

  #template(offset: number): Node {
    const name = this.#name('template')
    if (this.#read.peekWord().kind === 'close') {
      this.#read.take()
      return { kind: 'template', name, pipe: undefined, offset }
    }
    return { kind: 'template', name, pipe: this.#pipeline('template', 'close'), offset }
  }

  #block(offset: number): Node {
    const name = this.#name('block')
    const pipe = this.#pipeline('block', 'close')
    this.#apart(name, offset, 'block')
    return { kind: 'template', name, pipe, offset }
  }

  #pipeline(where: string, end: 'close' | ')'): PipeNode {
    const offset = this.#read.peekWord().offset
    const pipe: PipeNode = { kind: 'pipe', variables: [], assigns: false, commands: [], offset }
    while (this.#declaration(pipe, where));
    for (;;) {
      const token = this.#read.takeWord()
      if (token.kind === end) break
      if (!OPERANDS.has(token.kind)) this.#read.unexpected(token, where)
      this.#read.back()
      pipe.commands.push(this.#command())
    }
    if (pipe.commands.length === 0) this.#read.fail(`${where} needs a value`, offset)
    for (const command of pipe.commands.slice(1)) {
      const first = command.words[0]
      if (first && ['literal', 'dot', 'nil'].includes(first.kind)) {
        this.#read.fail(`${wordsOf(first)} is no function, so nothing can be piped into it`, first.offset)
      }
    }
    return pipe
  }

  /** Reads `$x :=`, `$x =` or `$x,`. True when another declaration follows (`range $i, $v :=`). */
  #declaration(pipe: PipeNode, where: string): boolean {
    const token = this.#read.peekWord()
    if (token.kind !== 'variable') return false
    const start = this.#read.mark()
    this.#read.take()
    const sign = this.#read.takeWord()
    const comma = sign.kind === 'other' && sign.text === ','
    if (sign.kind !== 'assign' && sign.kind !== 'declare' && !comma) {
      this.#read.reset(start)
      return false
    }
    pipe.assigns = sign.kind === 'assign'
    pipe.variables.push({ name: token.text, offset: token.offset })
    this.#variables.push(token.text)
    if (!comma) return false
    if (where !== 'range' || pipe.variables.length > 1) this.#read.fail('only range takes two variables', sign.offset)
    const next = this.#read.peekWord()
    if (next.kind === 'variable' || next.kind === 'close' || next.kind === ')') return true
    return this.#read.fail('after the comma comes the second variable of range', next.offset)
  }

  #command(): CommandNode {
    const words: Operand[] = []
    const offset = this.#read.peekWord().offset
    for (;;) {
      this.#read.peekWord()
      const operand = this.#operand()
      if (operand !== undefined) words.push(operand)
      const token = this.#read.take()
      if (token.kind === 'space') continue
      if (token.kind === 'close' || token.kind === ')') this.#read.back()
      else if (token.kind !== 'pipe') this.#read.unexpected(token, 'a command')
      break
    }
    if (words.length === 0) this.#read.fail('a command is missing here', offset)
    return { words, offset }
  }

  #operand(): Operand | undefined {
    const base = this.#term()
    if (base === undefined || this.#read.peek().kind !== 'field') return base
    const names: string[] = []
    const starts: number[] = []
    while (this.#read.peek().kind === 'field') {
      const token = this.#read.take()
      names.push(token.text.slice(1))
      starts.push(token.offset)
    }
    if (base.kind === 'field' || base.kind === 'variable') {
      return { ...base, names: [...base.names, ...names], starts: [...base.starts, ...starts] }
    }
    if (base.kind === 'literal' || base.kind === 'nil' || base.kind === 'dot') {
      this.#read.fail(`${wordsOf(base)} has no fields`, starts[0] ?? base.offset)
    }
    return { kind: 'chain', base, names, starts, offset: base.offset }
  }

  #term(): Operand | undefined {
    const token = this.#read.takeWord()
    const { text, offset } = token
    switch (token.kind) {
      case 'identifier': {
        const node: IdentifierNode = { kind: 'identifier', name: text, offset }
        this.#functions.push(node)
        return node
      }
      case 'dot':
        return { kind: 'dot', offset }
      case 'nil':
        return { kind: 'nil', offset }
      case 'variable':
        if (!this.#variables.includes(text))
          this.#read.fail(`there is no variable ${text} here`, offset, this.#variables)
        return { kind: 'variable', variable: text, names: [], starts: [], offset }
      case 'field':
        return { kind: 'field', names: [text.slice(1)], starts: [offset], offset }
      case 'bool':
        return { kind: 'literal', type: 'bool', text, value: text === 'true', offset }
      case 'string':
        return { kind: 'literal', type: 'string', text, value: this.#unquoted(token), offset }
      case 'character':
      case 'complex':
      case 'number':
        return { kind: 'literal', type: 'number', text, value: this.#number(token), offset }
      case '(':
        return this.#nest(offset, () => this.#pipeline('the parentheses', ')'))
      case ')':
      case 'assign':
      case 'close':
      case 'declare':
      case 'end':
      case 'keyword':
      case 'open':
      case 'other':
      case 'pipe':
      case 'space':
      case 'text':
      default:
        this.#read.back()
        return undefined
    }
  }

  #number(token: Token) {
    if (token.kind === 'character') {
      const code = unquoteCharacter(token.text)
      return code === undefined ? this.#read.fail(`${token.text} is not one character`, token.offset) : BigInt(code)
    }
    const number = readNumber(token.text)
    return 'error' in number ? this.#read.fail(number.error, token.offset) : number.value
  }
}

/** Whether nothing but white space (and definitions, which leave no node) stands in a body. */
function isEmpty(body: Node[]): boolean {
  return body.every((node) => node.kind === 'text' && node.text.trim() === '')
}
