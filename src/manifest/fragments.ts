import { isDeepStrictEqual } from 'node:util'
import type { Artifact } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import type { Fragment } from './manifest.ts'
import { compareNames } from './validate.ts'

/**
 * The artifacts of all fragments, sorted by name. The order of the fragments has no influence; what two of them made must
 * be equal.
 * @throws TagonceError `manifest` when two fragments have one name for different files; it names both digests
 * @example mergeFragments([{ artifacts: linux }, { artifacts: darwin }])
 */
export function mergeFragments(fragments: readonly Fragment[]): Artifact[] {
  const merged = new Map<string, Artifact>()
  for (const artifact of fragments.flatMap((one) => one.artifacts)) {
    const other = merged.get(artifact.name)
    if (other !== undefined && !isDeepStrictEqual(other, artifact)) throw differ(other, artifact)
    merged.set(artifact.name, artifact)
  }
  return [...merged.values()].sort((a, b) => compareNames(a.name, b.name))
}

function differ(one: Artifact, other: Artifact): TagonceError {
  // Sorted, so that the message does not depend on the order of the fragments either.
  const [first, second] = [one.sha256, other.sha256].sort()
  const how =
    first === second ? 'described in two ways' : `there with two digests: sha256:${first} and sha256:${second}`
  return new TagonceError('manifest', `${one.name} is ${how}`, {
    hint: 'two machines built it differently, or two artifacts have one name: build each target once',
  })
}
