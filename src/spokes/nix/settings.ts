import { z } from 'zod'
import { packageSettings } from '../shared/packages.ts'
import { repositorySettings } from '../shared/repository.ts'

/** A Nix derivation, resolved. */
export const nixSettings = z.object({
  ...repositorySettings,
  name: z.string().min(1),
  /** Path of the file in the repository. */
  path: z.string().min(1),
  description: z.string(),
  homepage: z.string(),
  /** A name in nixpkgs' `lib.licenses`. */
  license: z.string(),
  mainProgram: z.string(),
  dependencies: z.array(z.object({ name: z.string(), os: z.string() })),
  /** Lines of the install phase; null = guessed from the programs of the first package. */
  install: z.array(z.string()).nullable(),
  extraInstall: z.array(z.string()),
  postInstall: z.array(z.string()),
  packages: z.array(packageSettings),
})

export type NixSettings = z.infer<typeof nixSettings>
