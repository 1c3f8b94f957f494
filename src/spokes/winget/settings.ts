import { z } from 'zod'
import { packageSettings } from '../shared/packages.ts'
import { repositorySettings } from '../shared/repository.ts'

/** The manifests of a winget package, resolved. Empty texts are not given. */
export const wingetSettings = z.object({
  ...repositorySettings,
  name: z.string().min(1),
  packageIdentifier: z.string().min(1),
  /** Folder of this version in the repository. */
  path: z.string(),
  packageName: z.string(),
  publisher: z.string(),
  publisherUrl: z.string(),
  publisherSupportUrl: z.string(),
  privacyUrl: z.string(),
  programAuthor: z.string(),
  homepage: z.string(),
  license: z.string(),
  licenseUrl: z.string(),
  copyright: z.string(),
  copyrightUrl: z.string(),
  shortDescription: z.string(),
  description: z.string(),
  /** May hold the mark of the release notes. */
  releaseNotes: z.string(),
  releaseNotesUrl: z.string(),
  installationNotes: z.string(),
  tags: z.array(z.string()),
  /** `2026-01-02`: the day of the release. */
  releaseDate: z.string(),
  dependencies: z.array(z.object({ packageIdentifier: z.string(), minimumVersion: z.string() })),
  packages: z.array(packageSettings),
})

export type WingetSettings = z.infer<typeof wingetSettings>
