import type { Value } from './value.ts'

interface At {
  /** Where it stands in the text. */
  offset: number
}

interface TextNode extends At {
  kind: 'text'
  text: string
}
interface ActionNode extends At {
  kind: 'action'
  pipe: PipeNode
}
export interface BranchNode extends At {
  kind: 'if' | 'with' | 'range'
  pipe: PipeNode
  body: Node[]
  otherwise: Node[] | undefined
}
interface JumpNode extends At {
  kind: 'break' | 'continue'
}
export interface TemplateNode extends At {
  kind: 'template'
  name: string
  pipe: PipeNode | undefined
}
export type Node = TextNode | ActionNode | BranchNode | JumpNode | TemplateNode

export interface PipeNode extends At {
  kind: 'pipe'
  /** Names of variables that take the value, with their `$`. */
  variables: { name: string; offset: number }[]
  /** `=` and not `:=`. */
  assigns: boolean
  commands: CommandNode[]
}
export interface CommandNode extends At {
  words: Operand[]
}

interface DotNode extends At {
  kind: 'dot'
}
interface NilNode extends At {
  kind: 'nil'
}
interface FieldNode extends At {
  kind: 'field'
  /** `.A.B` is ['A', 'B']; `ends` holds where each name begins. */
  names: string[]
  starts: number[]
}
interface VariableNode extends At {
  kind: 'variable'
  variable: string
  names: string[]
  starts: number[]
}
interface ChainNode extends At {
  kind: 'chain'
  base: Operand
  names: string[]
  starts: number[]
}
export interface IdentifierNode extends At {
  kind: 'identifier'
  name: string
}
export interface LiteralNode extends At {
  kind: 'literal'
  /** `number` literals fit several Go types; `value` is the one they have alone. */
  type: 'bool' | 'string' | 'number'
  text: string
  value: Value
}
export type Operand = DotNode | NilNode | FieldNode | VariableNode | ChainNode | IdentifierNode | LiteralNode | PipeNode

/** The operand as it was written, for messages. */
export function wordsOf(node: Operand): string {
  switch (node.kind) {
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'field':
      return `.${node.names.join('.')}`
    case 'variable':
      return [node.variable, ...node.names].join('.')
    case 'chain':
      return [wordsOf(node.base), ...node.names].join('.')
    case 'identifier':
      return node.name
    case 'literal':
      return node.text
    case 'pipe':
    default:
      return '(…)'
  }
}
