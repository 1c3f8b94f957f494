import type { Position } from '../../core/errors.ts'

/** A piece of a YAML text with its place: what both readers of workflows make, and all that the model is read from. */
export interface Node {
  kind: 'mapping' | 'sequence' | 'scalar'
  /** From 1. */
  line: number
  column: number
  pairs?: { key: Node; value: Node }[]
  items?: Node[]
  /** Expressions keep their `${{ }}`. */
  value?: string | number | boolean | null
}

/** Where a node stands; the file's first character when there is none. */
export function position(file: string, node: Node | undefined): Position {
  return { file, line: node?.line ?? 1, column: node?.column ?? 1 }
}

/** A scalar as text; empty for anything else. */
export function text(node: Node | undefined): string {
  const value = node?.value
  return value === undefined || value === null ? '' : String(value)
}

/** The entries of a mapping, with the key's own node. */
export function entries(node: Node | undefined): { key: string; keyNode: Node; value: Node }[] {
  return (node?.pairs ?? []).map(({ key, value }) => ({ key: text(key), keyNode: key, value }))
}

export function find(node: Node | undefined, key: string): Node | undefined {
  return node?.pairs?.find((pair) => pair.key.value === key)?.value
}

/** A list, or one scalar as a list of one. */
export function list(node: Node | undefined): Node[] {
  if (node === undefined) return []
  return node.kind === 'scalar' ? [node] : (node.items ?? [])
}

export function texts(node: Node | undefined): string[] {
  return list(node).map(text)
}

/** A mapping of scalars. */
export function record(node: Node | undefined): Record<string, string> {
  return Object.fromEntries((node?.pairs ?? []).map(({ key, value }) => [text(key), text(value)]))
}

/** Any node as plain data, for a matrix; numbers and booleans stay what they are, since `==` tells them apart. */
export function plain(node: Node | undefined): unknown {
  if (node === undefined) return undefined
  if (node.kind === 'mapping') return Object.fromEntries(entries(node).map(({ key, value }) => [key, plain(value)]))
  if (node.kind === 'sequence') return list(node).map(plain)
  return node.value === null ? '' : node.value
}
