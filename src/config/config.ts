import type { archive, checksum } from './schema/archives.ts'
import type { build, gomod } from './schema/builds.ts'
import type { commitAuthor, extraFile, file, fileInfo, hook, repository } from './schema/common.ts'
import type { brew, cask } from './schema/homebrew.ts'
import type { Infer } from './schema/kinds.ts'
import type { npm } from './schema/npm.ts'
import type { project } from './schema/project.ts'
import type { changelog, git, githubUrls, release, snapshot } from './schema/release.ts'

/**
 * The config after reading: GoReleaser's own keys, quirks normalised (string-or-list is a list, hooks are lists of
 * objects, archive files are objects), deprecated keys moved to the ones that replace them, nothing defaulted yet.
 * Inferred from the schema, so that the checker and the type can't differ.
 */
export type Config = Infer<typeof project>

export type Build = Infer<typeof build>
export type Gomod = Infer<typeof gomod>
export type Archive = Infer<typeof archive>
export type ArchiveFile = Infer<typeof file>
export type FileInfo = Infer<typeof fileInfo>
export type Checksum = Infer<typeof checksum>
export type Snapshot = Infer<typeof snapshot>
export type Changelog = Infer<typeof changelog>
export type Release = Infer<typeof release>
export type Git = Infer<typeof git>
export type GithubUrls = Infer<typeof githubUrls>
/** A command of `before.hooks`, `builds[].hooks` … */
export type Hook = Infer<typeof hook>
export type ExtraFile = Infer<typeof extraFile>
export type Repository = Infer<typeof repository>
export type CommitAuthor = Infer<typeof commitAuthor>
export type Brew = Infer<typeof brew>
export type Cask = Infer<typeof cask>
export type Npm = Infer<typeof npm>
