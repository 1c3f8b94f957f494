import { posix } from 'node:path'
import type { ArtifactKind } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { HashAlgorithm } from '../formats/hash.ts'
import { hashAlgorithms, hashFile, isHashAlgorithm } from '../formats/hash.ts'
import type { Plan } from '../plan/plan.ts'
import { artifactName, safeAsset } from './artifact-name.ts'
import type { PackedArtifact } from './packed.ts'
import { writeText } from './write-whole.ts'

/** Kinds that are covered only when their id is asked for (or none is); the rest of those that are covered always are. */
const BY_ID = new Set<ArtifactKind>(['archive', 'binary', 'package', 'makeself', 'flatpak', 'srpm', 'sbom'])
const ALWAYS = new Set<ArtifactKind>(['source', 'file'])

/**
 * The lines of a checksum file: `<hex>␠␠<name>`, sorted by name, as `sha256sum -c` reads them.
 * @example checksumLines([{ name: 'b', hex: '0a' }]) // '0a  b\n'
 */
export function checksumLines(sums: { name: string; hex: string }[]): string {
  return sums
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .map(({ name, hex }) => `${hex}  ${name}\n`)
    .join('')
}

/**
 * Writes the checksum file (or, where `split` is set, one file with the bare hex for each artifact) into `dist`. Signatures, certificates,
 * the manifest and checksum files themselves are not covered. `extra` has files that are covered, but not released.
 * @returns the checksum artifacts, and the digest of every covered one by name: `sha256:<hex>`
 * @example const { made, digests } = await writeChecksums(plan.checksums, packed, { root, dist: 'dist' })
 */
export async function writeChecksums(
  planned: NonNullable<Plan['checksums']>,
  artifacts: readonly PackedArtifact[],
  io: {
    root: string
    dist: string
    extra?: readonly PackedArtifact[]
    splitName?: (artifact: PackedArtifact) => string
  },
): Promise<{ made: PackedArtifact[]; digests: Map<string, string> }> {
  const { algorithm } = planned
  if (!isHashAlgorithm(algorithm)) {
    const hint = `it can be ${hashAlgorithms.join(', ')}`
    throw new TagonceError('pack', `${algorithm} is no algorithm for checksums`, { hint })
  }
  const own = artifacts.filter(
    ({ kind, id }) => ALWAYS.has(kind) || (BY_ID.has(kind) && (planned.ids.length === 0 || planned.ids.includes(id))),
  )
  const covered = [...own, ...(io.extra ?? [])]
  const sums = await Promise.all(
    covered.map(async (one) => ({ name: one.name, path: one.path, hex: await digestOf(one, algorithm, io) })),
  )
  const made: PackedArtifact[] = []
  const nameOf = (one: { name: string }): string => {
    const artifact = covered.find(({ name }) => name === one.name)
    return planned.names?.[one.name] ?? (artifact && io.splitName?.(artifact)) ?? `${one.name}.${algorithm}`
  }
  for (const { name, text, of } of textsOf(planned, sums, nameOf)) {
    const path = posix.join(io.dist, safeAsset(name))
    const written = await writeText(inside(io.root, path), text, path)
    made.push({
      ...artifactName({ ...planned, name }),
      ...written,
      binaries: [],
      path,
      ...(of === undefined ? {} : { checksumOf: of }),
    })
  }
  return { made, digests: new Map(sums.map(({ name, hex }) => [name, `${algorithm}:${hex}`])) }
}

function textsOf(
  planned: NonNullable<Plan['checksums']>,
  sums: { name: string; path: string; hex: string }[],
  nameOf: (one: { name: string }) => string,
): { name: string; text: string; of?: string }[] {
  if (planned.split) return sums.map((one) => ({ name: nameOf(one), text: one.hex, of: one.path }))
  return sums.length === 0 ? [] : [{ name: planned.name, text: checksumLines(sums) }]
}

async function digestOf(artifact: PackedArtifact, algorithm: HashAlgorithm, io: { root: string }): Promise<string> {
  if (algorithm === 'sha256') return artifact.sha256
  return (await hashFile(inside(io.root, artifact.path), [algorithm])).digests[algorithm]
}
