import { z } from 'zod'
import { packageSettings } from '../shared/packages.ts'
import { signingSettings } from '../shared/repository.ts'

const arch = {
  /** What a user types: ends in `-bin` for programs. */
  name: z.string().min(1),
  description: z.string(),
  homepage: z.string(),
  license: z.string(),
  maintainers: z.array(z.string()),
  contributors: z.array(z.string()),
  provides: z.array(z.string()),
  conflicts: z.array(z.string()),
  depends: z.array(z.string()),
  optdepends: z.array(z.string()),
  backup: z.array(z.string()),
  rel: z.string(),
  /** Path of the install script in the project; empty = none. */
  install: z.string(),
  gitUrl: z.string(),
  /** The command that git runs for ssh; empty = ours. */
  sshCommand: z.string().default(''),
  /** Name of the variable that holds the private key, or its path; empty = none. */
  keyEnv: z.string(),
  /** Path of the private key where the config names it; empty = none. */
  keyPath: z.string().default(''),
  /** Folder in the repository; empty = its root, the only one the AUR takes. */
  directory: z.string(),
  author: z.object({ name: z.string(), email: z.string() }).nullable(),
  signing: signingSettings.nullable().default(null),
  message: z.string(),
}

/** A package of programs for Arch Linux, resolved. */
export const aurSettings = z.object({
  ...arch,
  /** Body of `package()`; empty = guessed from the first archive. */
  package: z.string(),
  packages: z.array(packageSettings),
})

/** A package that is built from the sources, resolved. */
export const aurSourceSettings = z.object({
  ...arch,
  arches: z.array(z.string()),
  makedepends: z.array(z.string()),
  prepare: z.string(),
  build: z.string(),
  package: z.string(),
  /** The source archive; its format. */
  source: packageSettings.extend({ format: z.string() }),
})

export type AurSettings = z.infer<typeof aurSettings>
export type AurSourceSettings = z.infer<typeof aurSourceSettings>
/** What both have in common. */
export type ArchSettings = Pick<AurSettings, keyof typeof arch>
