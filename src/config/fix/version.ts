import { isMap } from 'yaml'
import type { Entry } from '../moves.ts'
import type { Tree } from '../syntax.ts'
import type { Edit, ParsedPair } from './edits.ts'

/** Says `version: 2` at the top, or in place of an older one. */
export function versionEdit(tree: Tree, config: Entry): Edit | undefined {
  const { root } = tree
  const { version } = config
  if (!isMap(root) || root.flow === true || (version !== undefined && version !== 0 && version !== 1)) return undefined
  const pairs = root.items as ParsedPair[]
  const written = pairs.find(({ key }) => String(key) === 'version')?.value
  if (written) return { start: written.range[0], end: written.range[1], text: '2' }
  const first = pairs[0]?.key.range[0]
  return first === undefined ? undefined : { start: first, end: first, text: 'version: 2\n' }
}
