import {
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isScalar,
  isSequence,
  isString,
} from '@actions/workflow-parser'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { parse } from 'yaml'
import type { Node } from './node.ts'

/** GitHub's token tree as nodes. Nothing outside this file sees a token. */
export function nodeOf(token: TemplateToken): Node {
  const start = token.range?.start
  const [line, column] = [start?.line ?? 1, start?.column ?? 1]
  if (isMapping(token)) {
    const pairs = Array.from({ length: token.count }, (_, at) => token.get(at))
    return {
      kind: 'mapping',
      line,
      column,
      pairs: pairs.map(({ key, value }) => ({ key: nodeOf(key), value: nodeOf(value) })),
    }
  }
  if (isSequence(token)) {
    const items = Array.from({ length: token.count }, (_, at) => nodeOf(token.get(at)))
    return { kind: 'sequence', line, column, items }
  }
  return { kind: 'scalar', line, column, value: valueOf(token) }
}

/** A scalar as the user wrote it. */
function valueOf(token: TemplateToken): string | number | boolean | null {
  if (isBoolean(token) || isNumber(token)) return token.value
  if (isString(token)) return token.value
  if (isBasicExpression(token)) {
    const source = token.source ?? `\${{ ${token.expression} }}`
    // The source is raw: indentation and folding of a block, and quotes, are still to be undone.
    if (token.blockScalarHeader !== undefined) return String(parse(`${token.blockScalarHeader}\n${source}`))
    return /^['"]/.test(source) ? String(parse(source)) : source
  }
  return isScalar(token) ? token.toString() || null : null
}
