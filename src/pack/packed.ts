import type { Artifact } from '../core/artifact.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { ArchiveEntry } from '../formats/tar.ts'
import type { PlannedBinary } from '../plan/plan.ts'

/** What packing may use of the machine. */
export interface PackIO {
  /** Absolute path of the project. */
  root: string
  /** `dist` folder, relative to the root. */
  dist: string
  /** Seconds since the epoch: the time of every entry that has no other. */
  commitTimestamp: number
  /** Binaries that exist, by `PlannedBinary.path`. */
  binaries: ReadonlyMap<string, PlannedBinary>
  signal: AbortSignal
  /** Rendered files that go into the archive as well (`templated_files`). */
  templated?: ArchiveEntry[]
  /** Told what is odd but no error: a pattern without a match, a program for another platform. */
  warn?: (diagnostic: Diagnostic) => void
}

/** An artifact on this machine. Where it lies is for the upload and for `dist/artifacts.json`, not for the manifest. */
export interface PackedArtifact extends Artifact {
  /** Relative to the root, forward slashes: `dist/hello_1.0.0_linux_amd64.tar.gz`. */
  path: string
  /** The path of the one artifact that a split checksum file is for. */
  checksumOf?: string
  /** Of a Linux package: the places of its files as the config has them, patterns and trees not unfolded. */
  destinations?: string[]
}
