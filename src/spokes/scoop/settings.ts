import { z } from 'zod'
import { packageSettings } from '../shared/packages.ts'
import { repositorySettings } from '../shared/repository.ts'

/** A manifest of a Scoop bucket, resolved. */
export const scoopSettings = z.object({
  ...repositorySettings,
  /** Name of the file without `.json`: what a user types. */
  name: z.string().min(1),
  /** Folder in the bucket; empty = its root. */
  directory: z.string(),
  description: z.string(),
  homepage: z.string(),
  license: z.string(),
  persist: z.array(z.string()),
  preInstall: z.array(z.string()),
  postInstall: z.array(z.string()),
  depends: z.array(z.string()),
  shortcuts: z.array(z.array(z.string())),
  packages: z.array(packageSettings),
})

export type ScoopSettings = z.infer<typeof scoopSettings>
