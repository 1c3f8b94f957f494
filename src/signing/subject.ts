import { basename } from 'node:path/posix'
import type { ArtifactKind } from '../core/artifact.ts'
import type { Platform } from '../core/platform.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { platformData, type TemplateData } from '../plan/context.ts'
import type { PlannedBinary } from '../plan/plan.ts'

/** What a tool is called for: a file of the release, or a program that was built. */
export interface Subject {
  name: string
  /** Relative to the root. */
  path: string
  id: string
  kind: ArtifactKind
  platform?: Platform
  /** What `.Binary` is; the project's name where there is none. */
  binary?: string
  ext?: string
}

/** A file of the release. */
export function subjectOf(artifact: PackedArtifact): Subject {
  const { name, path, id, kind, platform } = artifact
  const place = platform === undefined ? {} : { platform }
  if (kind !== 'binary') return { name, path, id, kind, ...place }
  return { name, path, id, kind, ...place, binary: basename(path) }
}

/** A program where it was built. */
export function subjectOfBinary(binary: PlannedBinary): Subject {
  const { name, ext, path, id, platform } = binary
  return { name: name + ext, path, id, kind: 'binary', platform, binary: basename(name), ext }
}

/**
 * The fields that templates have for an artifact.
 * @example subjectFields({ name: 'a.zip', path: 'dist/a.zip', id: 'default', kind: 'archive' }, 'hello').ArtifactName // 'a.zip'
 */
export function subjectFields(subject: Subject, project: string): TemplateData {
  const { platform, name, path, ext } = subject
  return {
    ...platformData(platform),
    Binary: subject.binary ?? project,
    ArtifactName: name,
    ArtifactExt: ext ?? '',
    ArtifactPath: path,
    ArtifactID: subject.id,
  }
}

/** `ids` chooses among what an entry of the config makes; what stands for the whole release always passes. */
export function isChosen(subject: Pick<Subject, 'kind' | 'id'>, ids: string[]): boolean {
  return (
    ids.length === 0 || ['checksums', 'source', 'file', 'metadata'].includes(subject.kind) || ids.includes(subject.id)
  )
}
