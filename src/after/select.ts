import type { Artifact, ArtifactKind } from '../core/artifact.ts'
import { platformData } from '../plan/context.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isChosen } from '../signing/subject.ts'
import type { FileFields } from '../spokes/shared/sealed-text.ts'

/** Which files of a release are meant. */
export interface Selection {
  kinds: ArtifactKind[]
  /** Ids of the entries that made them; empty = all. */
  ids: string[]
  /** Endings and formats (`deb`, `tar.gz`); empty = all. */
  exts: string[]
}

/** The files of a manifest that are meant, in its order. */
export function selected(manifest: Manifest, { kinds, ids, exts }: Selection): Artifact[] {
  return manifest.artifacts.filter(
    ({ kind, id, name, format }) =>
      kinds.includes(kind) &&
      isChosen({ kind, id }, ids) &&
      (exts.length === 0 || exts.some((ext) => format === ext || name.endsWith(`.${ext.replace(/^\./, '')}`))),
  )
}

/** A place that names no version is written over by each release. */
export function isMoving(url: string, { version, tag }: Manifest): boolean {
  return !url.includes(version) && !url.includes(tag)
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
