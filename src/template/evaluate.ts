import { fit, fitLiteral } from './arguments.ts'
import { builtins } from './builtins.ts'
import { CallError, TemplateError } from './error.ts'
import type { Parameter, TemplateFunction } from './function.ts'
import { effort, EFFORT_PER_STEP, MAX_CALLS, MAX_RUNNING, MAX_STEPS, MAX_TEXT } from './limits.ts'
import type { BranchNode, CommandNode, Node, Operand, PipeNode, TemplateNode } from './nodes.ts'
import { wordsOf } from './nodes.ts'
import { GoInteger } from './numbers.ts'
import type { Parsed } from './parser.ts'
import { show } from './print.ts'
import { methodNames, methodOf } from './time-methods.ts'
import { compareStrings } from './utf8.ts'
import type { Value } from './value.ts'
import { entryOf, integerOf, isList, isMap, isTrue, keysOf, typeName, valueOf } from './value.ts'

/** No value comes down the pipe: this is the first command of a pipeline. */
const NOTHING = Symbol('nothing')
type Piped = Value | typeof NOTHING
/** How a body ended; break and continue pass through if and with up to their range. */
type Ending = 'done' | 'break' | 'continue'

/** One rendering of one template. */
export class Evaluation {
  readonly #text: string
  readonly #tree: Parsed
  readonly #functions: Readonly<Record<string, TemplateFunction>>
  #variables: { name: string; value: Value }[] = []
  #out = ''
  #steps = 0
  #calls = 0
  #running = 0

  constructor(text: string, tree: Parsed, functions: Readonly<Record<string, TemplateFunction>>) {
    this.#text = text
    this.#tree = tree
    this.#functions = functions
    for (const { name, offset } of tree.functions) if (!this.#find(name)) this.#unknownFunction(name, offset)
  }

  run(data: Record<string, unknown>): string {
    const root = this.#at(0, () => valueOf(data))
    this.#variables = [{ name: '$', value: root }]
    this.#body(root, this.#tree.body)
    return this.#out
  }

  #find(name: string): TemplateFunction | undefined {
    if (Object.hasOwn(this.#functions, name)) return this.#functions[name]
    return Object.hasOwn(builtins, name) ? builtins[name] : undefined
  }

  #unknownFunction(name: string, offset: number): never {
    const choices = [...Object.keys(builtins), ...Object.keys(this.#functions)].sort()
    return this.#fail(`there is no function ${name}`, offset, choices)
  }

  #fail(message: string, offset: number, choices: readonly string[] = []): never {
    throw new TemplateError(message, this.#text, offset, choices)
  }

  /** Gives a failure of the inside a place in the template. */
  #at<T>(offset: number, run: () => T, prefix = ''): T {
    try {
      return run()
    } catch (error) {
      if (error instanceof TemplateError) throw error
      const message = prefix + (error instanceof Error ? error.message : String(error))
      return this.#fail(message, offset, error instanceof CallError ? error.choices : [])
    }
  }

  #step(offset: number, cost = 1): void {
    this.#steps += cost
    if (this.#steps > MAX_STEPS) this.#fail(`the template takes more than ${MAX_STEPS} steps`, offset)
  }

  #write(text: string, offset: number): void {
    this.#out += text
    if (this.#out.length > MAX_TEXT) this.#fail(`the output grows beyond ${MAX_TEXT} characters`, offset)
  }

  #body(dot: Value, nodes: Node[]): Ending {
    let ending: Ending = 'done'
    this.#running++
    for (const node of nodes) {
      if (this.#running > MAX_RUNNING) this.#fail(`this runs more than ${MAX_RUNNING} deep`, node.offset)
      ending = this.#node(dot, node)
      if (ending !== 'done') break
    }
    this.#running--
    return ending
  }

  #node(dot: Value, node: Node): Ending {
    this.#step(node.offset)
    switch (node.kind) {
      case 'text':
        this.#write(node.text, node.offset)
        return 'done'
      case 'action': {
        const value = this.#pipeline(dot, node.pipe)
        if (node.pipe.variables.length > 0) return 'done'
        const text = value === null ? '<no value>' : this.#at(node.offset, () => show(value))
        this.#write(text, node.offset)
        return 'done'
      }
      case 'if':
      case 'with':
        return this.#branch(dot, node)
      case 'range':
        return this.#range(dot, node)
      case 'template':
        this.#template(dot, node)
        return 'done'
      case 'break':
      case 'continue':
      default:
        return node.kind
    }
  }

  #branch(dot: Value, node: BranchNode): Ending {
    const mark = this.#variables.length
    const value = this.#pipeline(dot, node.pipe)
    let ending: Ending = 'done'
    if (isTrue(value)) ending = this.#body(node.kind === 'with' ? value : dot, node.body)
    else if (node.otherwise) ending = this.#body(dot, node.otherwise)
    this.#variables.length = mark
    return ending
  }

  #range(dot: Value, node: BranchNode): Ending {
    const outside = this.#variables.length
    const value = this.#pipeline(dot, node.pipe)
    const mark = this.#variables.length
    let any = false
    let ending: Ending = 'done'
    for (const [key, element] of this.#entries(value, node)) {
      any = true
      this.#step(node.offset)
      this.#iterate(node.pipe, key, element)
      ending = this.#body(element, node.body)
      this.#variables.length = mark
      if (ending === 'break') break
    }
    ending = !any && node.otherwise ? this.#body(dot, node.otherwise) : 'done'
    this.#variables.length = outside
    return ending
  }

  *#entries(value: Value, node: BranchNode): Iterable<[Value, Value]> {
    if (value === null) return
    const whole = integerOf(value)
    if (whole !== undefined) {
      if (node.pipe.variables.length > 1) this.#fail('a range over a number has one variable', node.offset)
      for (let at = 0n; at < whole; at++) {
        yield [null, value instanceof GoInteger ? new GoInteger(value.type, at) : at]
      }
    } else if (isList(value)) {
      for (let at = 0; at < value.length; at++) yield [BigInt(at), this.#at(node.offset, () => valueOf(value[at]))]
    } else if (isMap(value)) {
      for (const key of keysOf(value).sort(compareStrings)) {
        yield [key, this.#at(node.offset, () => entryOf(value, key)?.value ?? null)]
      }
    } else this.#fail(`a range goes over lists, maps and whole numbers, not ${typeName(value)}`, node.pipe.offset)
  }

  #iterate({ variables, assigns }: PipeNode, key: Value, element: Value): void {
    const [first, second] = variables
    if (first === undefined) return
    if (assigns) {
      this.#assign(first.name, second ? key : element, first.offset)
      if (second) this.#assign(second.name, element, second.offset)
      return
    }
    this.#setTop(1, element)
    if (second) this.#setTop(2, key)
  }

  #setTop(depth: number, value: Value): void {
    const variable = this.#variables.at(-depth)
    if (variable) variable.value = value
  }

  #assign(name: string, value: Value, offset: number): void {
    this.#variable(name, offset).value = value
  }

  #variable(name: string, offset: number): { name: string; value: Value } {
    return (
      this.#variables.findLast((one) => one.name === name) ??
      this.#fail(
        `there is no variable ${name} here`,
        offset,
        this.#variables.map((one) => one.name),
      )
    )
  }

  #template(dot: Value, node: TemplateNode): void {
    const body = this.#tree.templates.get(node.name)
    const name = JSON.stringify(node.name)
    if (!body) this.#fail(`there is no template ${name}`, node.offset, [...this.#tree.templates.keys()])
    if (this.#calls >= MAX_CALLS) this.#fail(`templates call each other more than ${MAX_CALLS} deep`, node.offset)
    const value = node.pipe === undefined ? null : this.#pipeline(dot, node.pipe)
    const outside = this.#variables
    this.#variables = [{ name: '$', value }]
    this.#calls++
    this.#body(value, body)
    this.#calls--
    this.#variables = outside
  }

  #pipeline(dot: Value, pipe: PipeNode): Value {
    let value: Piped = NOTHING
    for (const command of pipe.commands) value = this.#command(dot, command, value)
    const result = value === NOTHING ? null : value
    for (const { name, offset } of pipe.variables) {
      if (pipe.assigns) this.#assign(name, result, offset)
      else this.#variables.push({ name, value: result })
    }
    return result
  }

  #command(dot: Value, command: CommandNode, piped: Piped): Value {
    this.#step(command.offset)
    const [first, ...args] = command.words
    if (first === undefined) return null
    switch (first.kind) {
      case 'identifier':
        return this.#function(dot, first.name, first.offset, args, piped)
      case 'field':
        return this.#fields(dot, dot, '', first, args, piped)
      case 'chain':
        return this.#fields(dot, this.#operand(dot, first.base), wordsOf(first.base), first, args, piped)
      case 'variable':
        if (first.names.length > 0) {
          const { value } = this.#variable(first.variable, first.offset)
          return this.#fields(dot, value, first.variable, first, args, piped)
        }
        break
      case 'nil':
        return this.#fail('nil alone is no value', first.offset)
      case 'dot':
      case 'literal':
      case 'pipe':
        break
      default:
    }
    const extra = args[0]
    if (extra) this.#fail(`${wordsOf(first)} is no function, so it takes no arguments`, extra.offset)
    if (piped !== NOTHING) this.#fail(`${wordsOf(first)} is no function, so nothing can be piped into it`, first.offset)
    return this.#operand(dot, first)
  }

  /** An operand that takes no arguments. */
  #operand(dot: Value, node: Operand): Value {
    switch (node.kind) {
      case 'dot':
        return dot
      case 'nil':
        return null
      case 'literal':
        return node.value
      case 'pipe':
        return this.#pipeline(dot, node)
      case 'identifier':
        return this.#function(dot, node.name, node.offset, [], NOTHING)
      case 'variable': {
        const { value } = this.#variable(node.variable, node.offset)
        return node.names.length === 0 ? value : this.#fields(dot, value, node.variable, node, [], NOTHING)
      }
      case 'field':
        return this.#fields(dot, dot, '', node, [], NOTHING)
      case 'chain':
      default:
        return this.#fields(dot, this.#operand(dot, node.base), wordsOf(node.base), node, [], NOTHING)
    }
  }

  /** .A.B.C: all but the last take no arguments. */
  #fields(
    dot: Value,
    start: Value,
    base: string,
    node: { names: string[]; starts: number[] },
    args: Operand[],
    piped: Piped,
  ): Value {
    let value = start
    let path = base
    node.names.forEach((name, index) => {
      const last = index === node.names.length - 1
      const offset = node.starts[index] ?? 0
      value = this.#field(dot, value, path, name, offset, last ? args : [], last ? piped : NOTHING)
      path = `${path}.${name}`
    })
    return value
  }

  #field(dot: Value, value: Value, path: string, name: string, offset: number, args: Operand[], piped: Piped): Value {
    this.#step(offset)
    const method = methodOf(value, name)
    if (method) return this.#call(dot, method, name, offset, args, piped)
    const here = path === '' ? 'here' : `in ${path}`
    if (isMap(value)) {
      if (args[0] || piped !== NOTHING) this.#fail(`${path}.${name} is no method, so it takes no arguments`, offset)
      const entry = this.#at(offset, () => entryOf(value, name))
      return entry ? entry.value : this.#fail(`there is no .${name} ${here}`, offset, keysOf(value))
    }
    if (value === null) this.#fail(`there is no .${name} ${here}: it is nil`, offset)
    return this.#fail(`there is no .${name} ${here}: it is of type ${typeName(value)}`, offset, methodNames(value))
  }

  #function(dot: Value, name: string, offset: number, args: Operand[], piped: Piped): Value {
    const found = this.#find(name) ?? this.#unknownFunction(name, offset)
    if ((name === 'and' || name === 'or') && found === builtins[name]) {
      return this.#shortCircuit(dot, name, offset, args, piped)
    }
    return this.#call(dot, found, name, offset, args, piped)
  }

  #shortCircuit(dot: Value, name: 'and' | 'or', offset: number, args: Operand[], piped: Piped): Value {
    if (args.length === 0 && piped === NOTHING) this.#fail(`${name} needs a value`, offset)
    let value: Value = null
    for (const arg of args) {
      value = this.#operand(dot, arg)
      if (isTrue(value) === (name === 'or')) return value
    }
    return piped === NOTHING ? value : piped
  }

  #call(dot: Value, called: TemplateFunction, name: string, offset: number, args: Operand[], piped: Piped): Value {
    const { parameters, rest } = called
    const count = args.length + (piped === NOTHING ? 0 : 1)
    if (rest === undefined ? count !== parameters.length : count < parameters.length) {
      const wanted = `${rest === undefined ? '' : 'at least '}${parameters.length}`
      this.#fail(`${name} takes ${wanted} ${parameters.length === 1 ? 'argument' : 'arguments'}, not ${count}`, offset)
    }
    const values: Value[] = []
    args.forEach((arg, index) => {
      values.push(this.#argument(dot, arg, parameters[index] ?? rest ?? 'any', name))
    })
    if (piped !== NOTHING) {
      values.push(this.#fit(piped, parameters[count - 1] ?? rest ?? 'any', name, offset, 'the value piped in'))
    }
    const before = effort.spent
    const result = this.#at(offset, () => called.call(values), `${name}: `)
    this.#step(offset, Math.floor((effort.spent - before) / EFFORT_PER_STEP))
    for (const one of [...values, result]) this.#charge(one, offset)
    return result
  }

  /** Work in proportion to the size of texts and lists counts as steps. */
  #charge(value: Value, offset: number): void {
    if (typeof value === 'string') {
      if (value.length > MAX_TEXT) this.#fail(`the text grows beyond ${MAX_TEXT} characters`, offset)
      this.#step(offset, value.length >> 6)
    } else if (isList(value)) this.#step(offset, value.length >> 4)
  }

  #argument(dot: Value, node: Operand, type: Parameter, name: string): Value {
    const words = wordsOf(node)
    if (node.kind === 'literal') {
      const fitted = fitLiteral(node, type)
      return fitted === undefined ? this.#fail(`${name} takes a ${type} here, not ${node.text}`, node.offset) : fitted
    }
    if (node.kind === 'nil') {
      if (type === 'any' || type === 'strings' || type === 'string map') return null
      return this.#fail(`${name} takes a ${type} here, not nil`, node.offset)
    }
    const value = this.#operand(dot, node)
    // A nil straight out of the data has no type that Go could make a nil list or map of.
    if (value === null && type !== 'any' && node.kind !== 'pipe' && node.kind !== 'variable') {
      this.#fail(`${name} takes a ${type} here, but ${words} is nil`, node.offset)
    }
    return this.#fit(value, type, name, node.offset, words)
  }

  #fit(value: Value, type: Parameter, name: string, offset: number, words: string): Value {
    const fitted = fit(value, type)
    if (fitted !== undefined) return fitted
    return this.#fail(
      `${name} takes a ${type} here, but ${words} is ${value === null ? 'nil' : `of type ${typeName(value)}`}`,
      offset,
    )
  }
}
