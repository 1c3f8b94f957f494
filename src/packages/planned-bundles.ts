import type { ArtifactName } from '../core/artifact.ts'
import type { Platform } from '../core/platform.ts'
import type { PackageFacts } from '../formats/package-entry.ts'
import type { TemplateData } from '../plan/context.ts'
import type { PlannedFiles, PlannedTemplated } from '../plan/planned-files.ts'
import type { MakeselfOptions } from './makeself-options.ts'
import type { PackageDetails, PlannedContent, PlannedSignature } from './planned.ts'

/** A Flatpak bundle; flatpak-builder of the user's makes it. */
export interface PlannedFlatpak extends ArtifactName {
  kind: 'flatpak'
  format: 'flatpak'
  platform: Platform
  /** Where it is made, relative to the root: `dist/flatpak/hello_1.2.3_linux_amd64/x86_64`. */
  folder: string
  /** In Flatpak's words: `x86_64`. */
  arch: string
  appId: string
  /** The branch: the version. */
  branch: string
  /** Text of the manifest, which is named after the application. */
  manifest: string
  /** `PlannedBinary.path` of each. */
  binaries: string[]
}

/** A self-extracting archive (`makeselfs`). */
export interface PlannedMakeself extends ArtifactName {
  kind: 'makeself'
  format: 'makeself'
  platform: Platform
  /** Relative to the root: `dist/makeself/default/linuxamd64/hello_1.2.3_linux_amd64.run`. */
  path: string
  label: string
  /** Path of the script that is run after it is unpacked, relative to the root. */
  script: string
  lsm: string
  compression: string
  options: MakeselfOptions
  files: PlannedFiles[]
  templated: PlannedTemplated[]
  /** `PlannedBinary.path` of each. */
  binaries: string[]
}

/** A source package of rpm: the source archive, and the spec file that tells how it is built. */
export interface PlannedSrpm extends ArtifactName {
  kind: 'srpm'
  format: 'src.rpm'
  facts: PackageFacts
  rpm: PackageDetails['rpm']
  /** The template of the spec file, relative to the root; it is read when all is built, since a hook may write it. */
  specFile: string
  /** What it is called inside. */
  specName: string
  /** What its template may name. */
  fields: TemplateData
  /** Name of the source archive. */
  source: string
  contents: PlannedContent[]
  signature?: PlannedSignature
}
