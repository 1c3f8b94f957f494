import type { archive } from './schema/archives.ts'
import type { build } from './schema/builds.ts'
import type { commitAuthor, file, fileInfo, hook, repository } from './schema/common.ts'
import type { brew, cask } from './schema/homebrew.ts'
import type { Infer } from './schema/kinds.ts'
import type { npm } from './schema/npm.ts'
import type { nfpm } from './schema/packages.ts'
import type { project } from './schema/project.ts'
import type { pypi } from './schema/pypi.ts'
import type { changelog } from './schema/release.ts'

/**
 * The config after reading: GoReleaser's own keys, quirks normalised (string-or-list is a list, hooks are lists of
 * objects, archive files are objects), deprecated keys moved to the ones that replace them, nothing defaulted yet.
 * Inferred from the schema, so that the checker and the type can't differ.
 */
export type Config = Infer<typeof project> & {
  /** From `tagonce.yaml`: GoReleaser has no such key. */
  pypis?: Pypi[]
}

export type Build = Infer<typeof build>
export type Archive = Infer<typeof archive>
export type ArchiveFile = Infer<typeof file>
export type FileInfo = Infer<typeof fileInfo>
export type Changelog = Infer<typeof changelog>
/** A command of `before.hooks`, `builds[].hooks` … */
export type Hook = Infer<typeof hook>
export type Repository = Infer<typeof repository>
export type CommitAuthor = Infer<typeof commitAuthor>
export type Brew = Infer<typeof brew>
export type Cask = Infer<typeof cask>
/** A set of Linux packages. */
export type Nfpm = Infer<typeof nfpm>
export type Npm = Infer<typeof npm>
export type Pypi = Infer<typeof pypi>
