import { z } from 'zod'
import { packageSettings } from '../shared/packages.ts'

/** A Chocolatey package, resolved. Empty texts are not given. */
export const chocolateySettings = z.object({
  name: z.string().min(1),
  title: z.string(),
  owners: z.string(),
  authors: z.string(),
  packageSourceUrl: z.string(),
  projectUrl: z.string(),
  iconUrl: z.string(),
  copyright: z.string(),
  licenseUrl: z.string(),
  requireLicenseAcceptance: z.boolean(),
  projectSourceUrl: z.string(),
  docsUrl: z.string(),
  bugTrackerUrl: z.string(),
  tags: z.string(),
  /** These three, and the copyright, may hold the mark of the release notes. */
  summary: z.string(),
  description: z.string(),
  releaseNotes: z.string(),
  dependencies: z.array(z.object({ id: z.string(), version: z.string() })),
  /** Where packages are pushed to. */
  sourceRepo: z.string(),
  /** Name of the variable that holds the key; empty = none. */
  keyEnv: z.string(),
  packages: z.array(packageSettings),
})

export type ChocolateySettings = z.infer<typeof chocolateySettings>
