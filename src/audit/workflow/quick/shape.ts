import type { Node } from '../node.ts'

export type Check = (node: Node) => boolean

/** A mapping with these keys only, or any others that `rest` takes; `needed` must be there. */
export function mapping(keys: Record<string, Check>, rest?: Check, needed: string[] = []): Check {
  const known = new Map(Object.entries(keys))
  return (node) => {
    if (node.kind !== 'mapping' || node.pairs === undefined) return false
    if (node.pairs.length === 0 && rest === undefined) return false
    for (const { key, value } of node.pairs) {
      const check = known.get(key.value as string) ?? rest
      if (check === undefined || !check(value)) return false
    }
    for (const name of needed) if (!node.pairs.some((pair) => pair.key.value === name)) return false
    return true
  }
}

export function oneOf(...checks: Check[]): Check {
  return (node) => checks.some((check) => check(node))
}

/** A sequence, each of whose items is so. */
export function each(check: Check): Check {
  return (node) => node.kind === 'sequence' && (node.items ?? []).every(check)
}

export function isText(node: Node): node is Node & { value: string } {
  return node.kind === 'scalar' && typeof node.value === 'string'
}

/** Text without an expression, not empty. */
export const word: Check = (node) => isText(node) && node.value !== '' && !node.value.includes('${{')
/** Text without an expression. */
export const anyText: Check = (node) => isText(node) && !node.value.includes('${{')
export const bool: Check = (node) => typeof node.value === 'boolean'
export const number: Check = (node) => typeof node.value === 'number'
export const nothing: Check = (node) => node.kind === 'scalar' && node.value === null
/** One word, or a list of at least one. */
export const words: Check = (node) => word(node) || ((node.items ?? []).length > 0 && each(word)(node))
