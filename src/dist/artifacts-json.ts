import { posix } from 'node:path'
import type { ArtifactKind, BinaryHeader } from '../core/artifact.ts'
import type { Platform } from '../core/platform.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import { UNIVERSAL } from '../plan/context.ts'
import { goJson } from './go-json.ts'
import { type ImageFacts, imageRecord } from './images-json.ts'
import { type DistText, textRecord } from './texts-json.ts'

/** What stands in `dist` so far; all of it may be incomplete, after a failure. */
export interface Made {
  /** `dist` folder, relative to the root. */
  dist: string
  /** Binaries that are built, with what their headers say. */
  binaries: readonly { planned: PlannedBinary; header: BinaryHeader | undefined; size: number }[]
  /** Archives, bare binaries, packages, checksum files …, in the order they should have. */
  artifacts: readonly PackedArtifact[]
  /** Digest by the artifact's name, as the checksum file has it: `sha256:<hex>`. */
  digests: ReadonlyMap<string, string>
  /** What spokes will publish. */
  texts?: readonly DistText[]
  /** Images of a snapshot. */
  images?: readonly ImageFacts[]
  /** `report_sizes`: each record tells the size of its file. */
  reportSizes?: boolean
}

/** GoReleaser's number and word for a kind (`internal/artifact`; the numbers are the order of its list). */
const TYPES: Record<ArtifactKind, [number: number, word: string]> = {
  archive: [1, 'Archive'],
  binary: [2, 'Binary'],
  file: [3, 'File'],
  package: [6, 'Linux Package'],
  makeself: [36, 'Makeself Package'],
  flatpak: [38, 'Flatpak'],
  srpm: [39, 'Source RPM'],
  checksums: [12, 'Checksum'],
  signature: [13, 'Signature'],
  certificate: [14, 'Certificate'],
  source: [15, 'Source'],
  sbom: [28, 'SBOM'],
  metadata: [35, 'Metadata'],
  // It has no manifest; for its readers ours is a file.
  manifest: [3, 'File'],
}
const BUILT_BINARY: [number: number, word: string] = [4, 'Binary']
const UNIVERSAL_BINARY: [number: number, word: string] = [5, 'Binary']
const PRODUCTS: Record<NonNullable<PlannedBinary['product']>, [number: number, word: string]> = {
  'c-archive': [31, 'C Archive Library'],
  'c-shared': [32, 'C Shared Library'],
  header: [30, 'C Header'],
  wheel: [33, 'Wheel'],
  sdist: [34, 'Source Dist'],
  image: BUILT_BINARY,
}

/**
 * The text of `dist/artifacts.json` in GoReleaser's shape, in the order of the plan (GoReleaser's own order changes from run to run).
 * @example artifactsJson({ dist: 'dist', binaries: [{ planned, header }], artifacts, digests: new Map() })
 */
export function artifactsJson(made: Made): string {
  const [number, word] = TYPES.metadata
  return goJson([
    { name: 'metadata.json', path: posix.join(made.dist, 'metadata.json'), internal_type: number, type: word },
    ...made.binaries.map((one) => binaryRecord(one, made)),
    // A Python package is what was built, and is told as that.
    ...made.artifacts
      .filter((one) => made.binaries.every(({ planned }) => !isPython(planned) || planned.path !== one.path))
      // `include_meta` uploads it, too.
      .filter((one) => one.kind !== 'metadata')
      .map((one) => artifactRecord(one, made)),
    ...(made.texts ?? []).flatMap(textRecord),
    ...(made.images ?? []).map(imageRecord),
  ])
}

function binaryRecord({ planned, header, size }: Made['binaries'][number], made: Made): object {
  const { universal, product } = planned
  const [number, word] =
    universal === undefined ? (product === undefined ? BUILT_BINARY : PRODUCTS[product]) : UNIVERSAL_BINARY
  // What GoReleaser says of a universal binary is what it says of its first part.
  const first = universal?.parts[0] ?? planned
  return {
    name: planned.name + planned.ext,
    path: planned.path,
    ...platformRecord(planned.platform),
    internal_type: number,
    type: word,
    extra: sorted({
      ...first.extra,
      Binary: isPython(planned) ? undefined : posix.basename(first.name + (product === 'header' ? '.h' : '')),
      Builder: product === 'header' ? undefined : planned.builder,
      Checksum: isPython(planned) ? made.digests.get(planned.name + planned.ext) : undefined,
      DynamicallyLinked: asksForLoader(header),
      Ext: first.ext,
      ID: planned.id,
      Replaces: universal?.replaces,
      Size: made.reportSizes === true ? size : undefined,
    }),
  }
}

function isPython({ product }: PlannedBinary): boolean {
  return product === 'wheel' || product === 'sdist'
}

function artifactRecord(artifact: PackedArtifact, made: Made): object {
  const [number, word] = TYPES[artifact.kind]
  return {
    name: artifact.name,
    path: artifact.path,
    ...(artifact.platform === undefined ? {} : platformRecord(platformOf(artifact, artifact.platform))),
    internal_type: number,
    type: word,
    extra: sorted(extraOf(artifact, made)),
  }
}

/** GoReleaser tells fewer variants of a package, and no target. */
function platformOf({ kind }: PackedArtifact, platform: Platform): Platform {
  if (kind !== 'package') return platform
  const { goos, goarch, goarm = '', gomips = '', goamd64 = '' } = platform
  return { goos, goarch, goarm, gomips, goamd64, target: '' }
}

function extraOf(artifact: PackedArtifact, made: Made): Record<string, unknown> {
  const size = made.reportSizes === true ? artifact.size : undefined
  if (artifact.kind === 'checksums') return { ChecksumOf: artifact.checksumOf, Size: size }
  if (artifact.kind === 'package') {
    return {
      Checksum: made.digests.get(artifact.name),
      Ext: `.${artifact.format}`,
      Files: (artifact.destinations ?? []).map((dst) => ({ dst })),
      Format: artifact.format,
      ID: artifact.id,
      Size: size,
    }
  }
  if (artifact.kind === 'srpm') {
    const Checksum = made.digests.get(artifact.name)
    return { Checksum, Ext: '.src.rpm', Format: artifact.format, Size: size }
  }
  const extra = {
    Ext: artifact.kind === 'makeself' ? posix.extname(artifact.name) : undefined,
    Replaces: replacesOf(artifact, made),
    Size: size,
    Checksum: made.digests.get(artifact.name),
    DynamicallyLinked: artifact.binaries.map((one) => asksForLoader(one.header)).find(Boolean),
    Format: artifact.format,
    // Only entries of the config have an id.
    ID: artifact.id === '' ? undefined : artifact.id,
  }
  if (artifact.kind === 'archive') {
    const wrap = artifact.wrapDirectory ?? ''
    const inside = artifact.binaries.map(({ path }) => (wrap === '' ? path : posix.relative(wrap, path)))
    return { ...extra, Binaries: inside, Files: artifact.files ?? [], WrappedIn: wrap }
  }
  if (artifact.kind === 'makeself' || artifact.kind === 'flatpak') return { ...extra, DynamicallyLinked: undefined }
  const binary = made.binaries.find((one) => one.planned.path === artifact.path)?.planned
  return { ...extra, Binary: binary === undefined ? undefined : binary.name + binary.ext }
}

/** An archive says of a universal binary in it whether that stands in for its parts. */
function replacesOf({ binaries, platform }: PackedArtifact, { binaries: built }: Made): boolean | undefined {
  if (platform?.target !== UNIVERSAL) return undefined
  return built.find(({ planned }) => planned.universal && binaries.some((one) => one.name === posix.basename(planned.name)))
    ?.planned.universal?.replaces
}

/** GoReleaser means by "dynamically linked" that an ELF file names a loader. */
function asksForLoader(header: BinaryHeader | undefined): true | undefined {
  return header?.interpreter === undefined ? undefined : true
}

function platformRecord(platform: Platform): Record<string, string | undefined> {
  const { goos, goarch, goamd64, go386, goarm, goarm64, gomips, goppc64, goriscv64 } = platform
  // A universal binary has no target for GoReleaser.
  const target = platform.target === UNIVERSAL ? undefined : platform.target
  const all = { goos, goarch, goamd64, go386, goarm, goarm64, gomips, goppc64, goriscv64, target }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''))
}

/** Go writes the keys of a map sorted. */
function sorted(extra: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extra).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
