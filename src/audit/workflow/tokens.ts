import {
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isScalar,
  isSequence,
  isString,
} from '@actions/workflow-parser'
import { parse } from 'yaml'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token'
import type { Position } from '../../core/errors.ts'

// GitHub's token tree, read into plain values. Nothing outside this folder sees a token.

export type Token = TemplateToken

/** Where a token stands; the file's first character when it has no range. */
export function position(file: string, token: Token | undefined): Position {
  const start = token?.range?.start
  return { file, line: start?.line ?? 1, column: start?.column ?? 1 }
}

/** A scalar as the user wrote it; expressions keep their `${{ }}`. Empty for anything else. */
export function text(token: Token | undefined): string {
  if (token === undefined || !isScalar(token)) return ''
  if (isString(token)) return token.value
  if (isBasicExpression(token)) {
    const source = token.source ?? `\${{ ${token.expression} }}`
    // The source is raw: indentation and folding of a block, and quotes, are still to be undone.
    if (token.blockScalarHeader !== undefined) return String(parse(`${token.blockScalarHeader}\n${source}`))
    return /^['"]/.test(source) ? String(parse(source)) : source
  }
  return token.toString()
}

/** The entries of a mapping, with the key's own token. */
export function entries(token: Token | undefined): { key: string; keyToken: Token; value: Token }[] {
  if (token === undefined || !isMapping(token)) return []
  return pairs(token).map(({ key, value }) => ({ key: text(key), keyToken: key, value }))
}

function pairs(token: MappingToken): { key: Token; value: Token }[] {
  return Array.from({ length: token.count }, (_, at) => token.get(at))
}

export function find(token: Token | undefined, key: string): Token | undefined {
  return entries(token).find((one) => one.key === key)?.value
}

/** A list, or one scalar as a list of one. */
export function list(token: Token | undefined): Token[] {
  if (token === undefined) return []
  if (isSequence(token)) return Array.from({ length: token.count }, (_, at) => token.get(at))
  return isScalar(token) ? [token] : []
}

export function texts(token: Token | undefined): string[] {
  return list(token).map(text)
}

/** A mapping of scalars. */
export function record(token: Token | undefined): Record<string, string> {
  return Object.fromEntries(entries(token).map(({ key, value }) => [key, text(value)]))
}

/** Any token as plain data, for a matrix; numbers and booleans stay what they are, since `==` tells them apart. */
export function plain(token: Token | undefined): unknown {
  if (token === undefined) return undefined
  if (isMapping(token)) return Object.fromEntries(entries(token).map(({ key, value }) => [key, plain(value)]))
  if (isSequence(token)) return list(token).map(plain)
  if (isBoolean(token) || isNumber(token)) return token.value
  return text(token)
}

export { isMapping, isScalar, isSequence, isString }
