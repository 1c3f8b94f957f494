import { isDeepStrictEqual } from 'node:util'
import { isMap, isSeq } from 'yaml'
import type { ParsedNode, YAMLMap } from 'yaml'
import { decode } from '../decode.ts'
import { applyDeprecations, DEPRECATED } from '../deprecations.ts'
import { findMoves } from '../moves.ts'
import type { Entry, Found } from '../moves.ts'
import { showPath } from '../path.ts'
import { REMOVED } from '../removed.ts'
import { project } from '../schema/project.ts'
import { parseTree } from '../syntax.ts'
import type { Tree } from '../syntax.ts'
import { appendItems, applyEdits, endOf, itemTexts, removePair, wrapInList } from './edits.ts'
import type { Edit, ParsedPair } from './edits.ts'
import { versionEdit } from './version.ts'

export interface Fixed {
  text: string
  /** What was rewritten, a line each. */
  done: string[]
}

/**
 * Rewrites the deprecated keys of a config, and those of version 1, and leaves all else as it stands: comments, order,
 * quotes, indentation. What it means stays the same, which is checked; what would change it is left.
 * What needs a decision (`brews`, `retry`, a missing maintainer) is left to its diagnostic.
 *
 * @example fixConfig('archives:\n  - format: zip # small\n').text // 'version: 2\narchives:\n  - formats: [zip] # small\n'
 */
export function fixConfig(before: string): Fixed {
  const mark = before.startsWith('\uFEFF') ? '\uFEFF' : ''
  const windows = before.includes('\r\n') && !/[^\r]\n/.test(before)
  const { text, done } = fixLines(before.slice(mark.length).replaceAll(windows ? '\r\n' : '\n', '\n'))
  return { text: done.length === 0 ? before : mark + (windows ? text.replaceAll('\n', '\r\n') : text), done }
}

function fixLines(before: string): Fixed {
  let text = before
  const done: string[] = []
  const left = new Set<string>()
  // One change at a time: each may make the place of the next.
  for (let round = 0; round < 1000; round++) {
    const step = nextStep(text, left)
    if (step === undefined) break
    const next = applyEdits(text, step.edits)
    if (sameMeaning(text, next)) {
      text = next
      done.push(step.said)
    } else left.add(step.name)
  }
  return { text, done }
}

interface Step {
  /** Where it is made. */
  name: string
  edits: Edit[]
  said: string
}

function nextStep(text: string, left: Set<string>): Step | undefined {
  const tree = read(text)
  if (tree.diagnostics.some(({ severity }) => severity === 'error')) return undefined
  const { value, places } = decode(tree, project)
  if (typeof value !== 'object' || value === null) return undefined
  const config = value as Entry
  for (const found of findMoves(config, [...REMOVED, ...DEPRECATED])) {
    const name = showPath([...found.path, found.name])
    if (left.has(name)) continue
    const place = places.get(JSON.stringify([...found.path, found.name]))
    const edits = place?.key === undefined ? undefined : editsFor(tree, found, place.key)
    if (edits !== undefined) return { name, edits, said: `\`${name}\`: ${found.move.mend(found.value)}` }
    left.add(name)
  }
  const edit = versionEdit(tree, config)
  return edit === undefined || left.has('version')
    ? undefined
    : { name: 'version', edits: [edit], said: '`version: 2`' }
}

function editsFor(tree: Tree, found: Found, key: ParsedNode): Edit[] | undefined {
  const { move, entry } = found
  const holder = tree.root === undefined ? undefined : findPair(tree.root, key)
  if (holder === undefined || move.how === 'keep') return undefined
  const { map, pair } = holder
  const value = pair.value
  if (move.how === 'drop' || move.to === undefined) return [removePair(tree.text, map, pair)]
  if (value === null) return undefined
  const target = (map.items as ParsedPair[]).find((one) => String(one.key) === move.to)
  const rename: Edit = { start: key.range[0], end: key.range[1], text: move.to }
  if (move.turn !== undefined) {
    const turned = JSON.stringify(move.turn(found.value, entry))
    const put = turned === '"buildx"' ? 'buildx' : turned
    if (target?.value) {
      const { range } = target.value
      return [removePair(tree.text, map, pair), { start: range[0], end: range[1], text: put }]
    }
    return [{ start: rename.start, end: endOf(tree.text, pair), text: `${move.to}: ${put}` }]
  }
  if (move.how === 'replace') return target === undefined ? [rename] : [removePair(tree.text, map, target), rename]
  if (target === undefined) return intoList(tree, rename, value)
  const items = itemTexts(tree.text, value)
  const there = target.value === null ? undefined : tree.follow(target.value)
  if (items === undefined || there === undefined || there !== target.value || !isSeq(there)) return undefined
  const added = appendItems(tree.text, there, items)
  return added === undefined ? undefined : [removePair(tree.text, map, pair), added]
}

function intoList(tree: Tree, rename: Edit, value: ParsedNode): Edit[] | undefined {
  const node = tree.follow(value)
  if (isSeq(node)) return [rename]
  if (isMap(node)) return value === node ? [rename, ...wrapInList(tree.text, value)] : undefined
  const items = itemTexts(tree.text, value)
  return items && [rename, { start: value.range[0], end: value.range[1], text: `[${items.join(', ')}]` }]
}

/** The mapping that a key stands in. */
function findPair(root: ParsedNode, key: ParsedNode): { map: YAMLMap; pair: ParsedPair } | undefined {
  const stack: (ParsedNode | null)[] = [root]
  while (stack.length > 0) {
    const node = stack.pop()
    if (isSeq(node)) stack.push(...node.items)
    if (!isMap(node)) continue
    for (const pair of node.items as ParsedPair[]) {
      if (pair.key === key) return { map: node, pair }
      stack.push(pair.value)
    }
  }
  return undefined
}

function read(text: string): Tree {
  return parseTree('.goreleaser.yaml', Buffer.from(text))
}

/** Whether two configs say the same once their old keys are moved. */
function sameMeaning(before: string, after: string): boolean {
  const [one, other] = [before, after].map((text) => {
    const { value, places } = decode(read(text), project)
    const config = (typeof value === 'object' && value !== null ? value : {}) as Entry
    applyDeprecations(config, places)
    return { ...config, version: 2 }
  })
  return isDeepStrictEqual(one, other)
}
