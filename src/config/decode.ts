import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import type { Pair, ParsedNode, Scalar, YAMLMap } from 'yaml'
import type { Diagnostic, Position } from '../core/errors.ts'
import { badChoice, describe, describeScalar } from './messages.ts'
import { pathKey, showPath } from './path.ts'
import type { Path } from './path.ts'
import { isDuration, oldFlag, resolvePlain } from './scalars.ts'
import type { Resolved } from './scalars.ts'
import { map, object, text } from './schema/kinds.ts'
import type { AnyKind, Form, Keys } from './schema/kinds.ts'
import type { Tree } from './syntax.ts'
import { unknownKey } from './unknown-key.ts'

/** Where a value of the config stands in the file. */
export interface Place {
  path: Path
  key?: ParsedNode
  value: ParsedNode
  kind: AnyKind
  tree: Tree
  /** Where it begins in the text of `value`, when it is a word of it. */
  offset?: number
}

/** A config as it is read: plain data, and the place of every value in it. */
interface Decoded {
  value: unknown
  places: Map<string, Place>
  diagnostics: Diagnostic[]
}

/** How many values may come out of one file, so that aliases of aliases can't fill the memory. */
const MOST_VALUES = 200_000
const DEEPEST = 100

/** Reads a tree by a kind. Problems are collected, never thrown; what is wrong is left out. */
export function decode(tree: Tree, kind: AnyKind): Decoded {
  const decoder = new Decoder(tree, kind)
  const value = tree.root === undefined ? undefined : decoder.read(tree.root, kind, [])
  return { value, places: decoder.places, diagnostics: decoder.diagnostics }
}

/** Where Pro takes a text from instead. */
const NOTE: Extract<Form, { is: 'object' }> = {
  is: 'object',
  keys: { from_file: object({ path: text }), from_url: object({ url: text, headers: map(text) }) },
}

class Decoder {
  readonly places = new Map<string, Place>()
  readonly diagnostics: Diagnostic[] = []
  readonly tree: Tree
  readonly #root: AnyKind
  #open: ParsedNode[] = []
  #count = 0

  constructor(tree: Tree, root: AnyKind) {
    this.tree = tree
    this.#root = root
  }

  read(written: ParsedNode, kind: AnyKind, path: Path, key?: ParsedNode): unknown {
    if (++this.#count > MOST_VALUES || this.#open.length > DEEPEST) return this.#bomb(written)
    const node = this.tree.follow(written)
    if (node === undefined) return this.#noAnchor(written)
    if (isAlias(written) && this.#open.includes(node)) {
      const message = `\`*${written.source}\` stands inside the value it repeats`
      return this.#problem('yaml-alias', message, written, 'give the repeated part an anchor of its own')
    }
    const empty = isScalar(node) && this.#resolve(node).tag === 'null'
    if (empty) return kind.form.is === 'any' ? null : undefined
    this.places.set(pathKey(path), {
      path,
      value: written,
      kind,
      tree: this.tree,
      ...(key === undefined ? {} : { key }),
    })
    this.#open.push(node)
    try {
      return this.#form(node, kind.form, kind, path)
    } finally {
      this.#open.pop()
    }
  }

  #form(node: ParsedNode, form: Form, kind: AnyKind, path: Path): unknown {
    if (form.is === 'list') return this.#list(node, form, path)
    if (form.is === 'map') return this.#map(node, form.of, path)
    if (form.is === 'object') return this.#object(node, form, path)
    if (form.is === 'note') return isMap(node) ? this.#object(node, NOTE, path) : this.#scalar(node, form, path)
    if (form.is === 'any') return this.#any(node, kind, path)
    return this.#scalar(node, form, path)
  }

  #scalar(node: ParsedNode, form: Form, path: Path): unknown {
    if (!isScalar(node)) return this.#wrongType(node, form, path)
    const resolved = this.#resolve(node)
    const raw = String(node.value)
    if (form.is === 'text' || form.is === 'note') return raw
    if (form.is === 'flag-or-text') return resolved.tag === 'bool' ? resolved.value : raw
    if (form.is === 'choice') {
      // The empty text is Go's way of saying nothing.
      return raw === '' ? undefined : form.values.includes(raw) ? raw : this.#notAChoice(node, raw, form.values, path)
    }
    if (form.is === 'flag') {
      const flag = resolved.tag === 'bool' ? resolved.value : resolved.tag === 'str' ? oldFlag(raw) : undefined
      return flag ?? this.#wrongType(node, form, path)
    }
    if (form.is === 'duration') {
      return resolved.tag === 'str' && isDuration(raw) ? raw : this.#wrongType(node, form, path)
    }
    if (resolved.tag === 'int' || (resolved.tag === 'float' && Number.isFinite(resolved.value))) {
      if (form.is === 'integer' && form.mode && resolved.value < 0) return this.#wrongType(node, form, path)
      return Math.trunc(resolved.value)
    }
    return this.#wrongType(node, form, path)
  }

  #list(node: ParsedNode, form: Extract<Form, { is: 'list' }>, path: Path): unknown {
    if (isSeq(node)) {
      return (
        node.items
          .map((item, index) => this.read(item, form.of, [...path, index]))
          // An empty item is as if it were not there.
          .filter((item) => item !== undefined)
      )
    }
    if (form.lone === 'split' && isScalar(node)) {
      const words = [...String(node.value).matchAll(/\S+/g)]
      words.forEach(({ index: offset }, index) =>
        this.places.set(pathKey([...path, index]), {
          path: [...path, index],
          value: node,
          kind: form.of,
          tree: this.tree,
          offset,
        }),
      )
      return words.map(([word]) => word)
    }
    if (form.lone === 'kept' && isScalar(node))
      return [this.read(node, form.of, [...path, 0])].filter((item) => item !== undefined)
    return this.#wrongType(node, form, path)
  }

  #map(node: ParsedNode, of: AnyKind, path: Path): unknown {
    if (!isMap(node)) return this.#wrongType(node, { is: 'map', of }, path)
    const result: Record<string, unknown> = {}
    for (const [name, pair] of this.#pairs(node)) {
      set(result, name, this.read(pair.value ?? pair.key, of, [...path, name], pair.key))
    }
    return result
  }

  #object(node: ParsedNode, form: Extract<Form, { is: 'object' }>, path: Path): unknown {
    if (form.short !== undefined && isScalar(node)) {
      const kind = form.keys[form.short]
      if (kind === undefined) return undefined
      return { [form.short]: this.read(node, kind, [...path, form.short]) }
    }
    if (!isMap(node)) return this.#wrongType(node, form, path)
    const result: Record<string, unknown> = {}
    for (const [name, pair] of this.#pairs(node)) {
      const kind = Object.hasOwn(form.keys, name) ? form.keys[name] : undefined
      if (kind === undefined) this.#unknown(pair.key, name, form.keys, path)
      else set(result, name, this.read(pair.value ?? pair.key, kind, [...path, name], pair.key))
    }
    return result
  }

  #any(node: ParsedNode, kind: AnyKind, path: Path): unknown {
    if (isScalar(node)) return this.#resolve(node).value
    if (isSeq(node)) return this.#list(node, { is: 'list', of: kind, lone: 'refused' }, path)
    return this.#map(node, kind, path)
  }

  /** The pairs of a mapping with its merge keys unfolded: what is written wins over what is merged. */
  #pairs(node: YAMLMap): Map<string, ParsedPair> {
    const pairs = new Map<string, ParsedPair>()
    const merged: ParsedNode[] = []
    for (const pair of node.items as ParsedPair[]) {
      const key = this.tree.follow(pair.key)
      if (!isScalar(key)) {
        this.#problem('yaml-key', 'a key must be a text', pair.key, 'put quotes around it')
        continue
      }
      if (key.type === 'PLAIN' && key.value === '<<') {
        if (pair.value !== null) merged.push(pair.value)
        continue
      }
      const name = String(key.value)
      const before = pairs.get(name)
      if (before === undefined) pairs.set(name, pair)
      else {
        const line = this.tree.at(before.key.range[0]).line
        this.#problem(
          'duplicate-key',
          `\`${name}\` is set twice; the first is on line ${line}`,
          pair.key,
          'keep one of them',
        )
      }
    }
    for (const source of merged) this.#merge(source, pairs)
    return pairs
  }

  #merge(source: ParsedNode, pairs: Map<string, ParsedPair>): void {
    const node = this.tree.follow(source)
    if (node === undefined) this.#noAnchor(source)
    else if (++this.#count > MOST_VALUES) this.#bomb(source)
    else if (isSeq(node)) for (const item of node.items) this.#merge(item, pairs)
    else if (!isMap(node)) {
      this.#problem('yaml-merge', '`<<` takes a mapping, or a list of mappings', source, 'merge an alias like `*name`')
    } else if (this.#open.includes(node)) {
      this.#problem('yaml-alias', 'a mapping can’t be merged into itself', source)
    } else {
      this.#open.push(node)
      for (const [name, pair] of this.#pairs(node)) if (!pairs.has(name)) pairs.set(name, pair)
      this.#open.pop()
    }
  }

  #resolve(node: Scalar): Resolved {
    const text = String(node.value)
    if (node.tag === '!!str' || node.tag === 'tag:yaml.org,2002:str') return { tag: 'str', value: text }
    return node.type === 'PLAIN' ? resolvePlain(text) : { tag: 'str', value: text }
  }

  #unknown(key: ParsedNode, name: string, keys: Keys, path: Path): void {
    const root = this.#root.form.is === 'object' ? this.#root.form.keys : {}
    this.diagnostics.push(unknownKey(name, keys, path, nodePosition(this.tree, key), root))
  }

  #notAChoice(node: ParsedNode, raw: string, values: readonly string[], path: Path): undefined {
    const { message, mend } = badChoice(raw, showPath(path), values)
    return this.#problem('bad-value', message, node, mend)
  }

  #wrongType(node: ParsedNode, form: Form, path: Path): undefined {
    const wanted = describe(form)
    const name = path.length === 0 ? 'the config' : `\`${showPath(path)}\``
    const found = isScalar(node)
      ? describeScalar(String(node.value), this.#resolve(node))
      : isMap(node)
        ? 'a mapping'
        : 'a list'
    return this.#problem('wrong-type', `${name} must be ${wanted.what}, but is ${found}`, node, wanted.mend)
  }

  #noAnchor(node: ParsedNode): undefined {
    const name = isAlias(node) ? node.source : ''
    const mend = `put \`&${name}\` before the value that it repeats`
    return this.#problem('yaml-alias', `\`*${name}\` names no anchor above it`, node, mend)
  }

  #bomb(node: ParsedNode): undefined {
    if (this.diagnostics.some((one) => one.code === 'yaml-aliases')) return undefined
    const message = 'the config is too large once its aliases are unfolded, or nested too deeply'
    return this.#problem('yaml-aliases', message, node, 'write the values out, or use fewer aliases of aliases')
  }

  #problem(code: string, message: string, node: ParsedNode, mend?: string): undefined {
    const where = nodePosition(this.tree, node)
    this.diagnostics.push({ severity: 'error', code, message, where, ...(mend === undefined ? {} : { mend }) })
    return undefined
  }
}

type ParsedPair = Pair<ParsedNode, ParsedNode | null>

/** Position of a node; its length is that of its first line. */
function nodePosition(tree: Tree, node: ParsedNode): Position {
  const [start, end] = node.range
  const newline = tree.text.indexOf('\n', start)
  const stop = newline === -1 ? end : Math.min(end, newline)
  return tree.at(start, Math.max(1, stop - start))
}

/** Names like `__proto__` are plain keys. */
function set(target: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) return
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true })
}

/** Where a value stands: a short value itself, or the key of a mapping, a list or a block of text. */
export function placePosition(place: Place | undefined, part: 'key' | 'value' = 'value'): Position | undefined {
  if (place === undefined) return undefined
  const { key, value, tree } = place
  const short = isAlias(value) || (isScalar(value) && !String(value.type).startsWith('BLOCK'))
  return nodePosition(tree, key !== undefined && (part === 'key' || !short) ? key : value)
}
