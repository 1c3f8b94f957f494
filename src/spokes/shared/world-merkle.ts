import { createHash } from 'node:crypto'

/** Hashes of a log as a tree: https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
export function leafHash(leaf: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(leaf).digest()
}

/** The root over hashes of leaves. */
export function treeHash(leaves: Buffer[]): Buffer {
  const [first] = leaves
  if (first === undefined) return createHash('sha256').digest()
  if (leaves.length === 1) return first
  const at = split(leaves.length)
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(treeHash(leaves.slice(0, at)))
    .update(treeHash(leaves.slice(at)))
    .digest()
}

/** The hashes that lead from a leaf to the root, the lowest first. */
export function inclusionHashes(leaves: Buffer[], index: number): Buffer[] {
  if (leaves.length <= 1) return []
  const at = split(leaves.length)
  const [left, right] = [leaves.slice(0, at), leaves.slice(at)]
  return index < at
    ? [...inclusionHashes(left, index), treeHash(right)]
    : [...inclusionHashes(right, index - at), treeHash(left)]
}

/** The largest power of two below a size of two or more. */
function split(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1))
}
