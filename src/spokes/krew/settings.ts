import { z } from 'zod'
import { packageSettings } from '../shared/packages.ts'
import { repositorySettings } from '../shared/repository.ts'

/** A plugin manifest for Krew, resolved. */
export const krewSettings = z.object({
  ...repositorySettings,
  name: z.string().min(1),
  shortDescription: z.string(),
  description: z.string(),
  homepage: z.string(),
  caveats: z.string(),
  packages: z.array(packageSettings),
})

export type KrewSettings = z.infer<typeof krewSettings>
