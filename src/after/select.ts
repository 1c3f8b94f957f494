import type { Artifact, ArtifactKind } from '../core/artifact.ts'
import { platformData } from '../plan/context.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { FileFields } from '../spokes/shared/sealed-text.ts'

/** Which files of a release are meant. */
export interface Selection {
  kinds: ArtifactKind[]
  /** Ids of the entries that made them; empty = all. */
  ids: string[]
  /** Endings and formats (`deb`, `tar.gz`); empty = all. */
  exts: string[]
}

/** What stands for the whole release passes any choice by id. */
const WHOLE = new Set<ArtifactKind>(['checksums', 'source', 'file', 'metadata'])

/** The files of a manifest that are meant, in its order. */
export function selected(manifest: Manifest, { kinds, ids, exts }: Selection): Artifact[] {
  return manifest.artifacts.filter(
    ({ kind, id, name, format }) =>
      kinds.includes(kind) &&
      (ids.length === 0 || WHOLE.has(kind) || ids.includes(id)) &&
      (exts.length === 0 || exts.some((ext) => format === ext || name.endsWith(`.${ext.replace(/^\./, '')}`))),
  )
}

/** What templates may say of a file. */
export function fieldsOf({ name, id, platform, binaries }: Artifact, project: string, path: string): FileFields {
  return {
    ArtifactName: name,
    ArtifactPath: path,
    ArtifactExt: /\.(exe|wasm)$/.exec(name)?.[0] ?? '',
    ArtifactID: id,
    Binary: binaries[0]?.name ?? project,
    ...platformData(platform),
  }
}
