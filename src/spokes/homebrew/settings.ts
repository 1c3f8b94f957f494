import { z } from 'zod'
import { repositorySettings } from '../shared/repository.ts'

/** A file in a repository that `brew tap` reads. */
const tap = {
  /** Name of the file without `.rb`: what a user types. */
  name: z.string().min(1),
  /** Folder in the tap; empty = its root. */
  directory: z.string(),
  ...repositorySettings,
}

const dependency = z.object({
  name: z.string(),
  type: z.string().optional(),
  version: z.string().optional(),
  os: z.string().optional(),
})

/**
 * A formula, resolved. A block (caveats, test, …) is one text that carries the line end and the indentation before each
 * of its lines: GoReleaser renders after it indents, so a value of several lines keeps its own.
 */
export const formulaSettings = z.object({
  ...tap,
  description: z.string(),
  homepage: z.string(),
  license: z.string().optional(),
  customRequire: z.string().optional(),
  dependencies: z.array(dependency),
  conflicts: z.array(z.string()),
  customBlock: z.string().optional(),
  postInstall: z.string().optional(),
  caveats: z.string().optional(),
  service: z.string().optional(),
  test: z.string().optional(),
  downloadStrategy: z.string().optional(),
  headers: z.array(z.string()),
  /** One per platform: which artifact, from where, and how it is installed (absent = guessed from what is inside). */
  packages: z.array(
    z.object({
      artifact: z.string(),
      url: z.string(),
      install: z.array(z.string()).optional(),
      extraInstall: z.array(z.string()),
    }),
  ),
})

const uninstall = z.object({
  launchctl: z.array(z.string()),
  quit: z.array(z.string()),
  loginItem: z.array(z.string()),
  delete: z.array(z.string()),
  trash: z.array(z.string()),
})

/** A cask, resolved. Hooks are lines. */
export const caskSettings = z.object({
  ...tap,
  description: z.string(),
  homepage: z.string(),
  customBlock: z.string().optional(),
  caveats: z.string().optional(),
  service: z.string().optional(),
  binaries: z.array(z.string()),
  /** Globs over the files beside the programs in the archives. */
  manpages: z.array(z.string()),
  completions: z.object({ bash: z.string(), zsh: z.string(), fish: z.string() }),
  generateCompletions: z
    .object({
      executable: z.string(),
      args: z.array(z.string()),
      baseName: z.string(),
      shellParameterFormat: z.string(),
      shells: z.array(z.string()),
    })
    .optional(),
  dependencies: z.object({ casks: z.array(z.string()), formulas: z.array(z.string()) }),
  /** Casks; empty when only formulas are named, which brew no longer knows. */
  conflicts: z.array(z.string()).optional(),
  hooks: z.object({
    preInstall: z.array(z.string()),
    postInstall: z.array(z.string()),
    preUninstall: z.array(z.string()),
    postUninstall: z.array(z.string()),
  }),
  uninstall,
  zap: uninstall,
  url: z.object({
    verified: z.string().optional(),
    using: z.string().optional(),
    cookies: z.array(z.tuple([z.string(), z.string()])),
    referer: z.string().optional(),
    headers: z.array(z.string()),
    userAgent: z.string().optional(),
    data: z.array(z.tuple([z.string(), z.string()])),
  }),
  packages: z.array(z.object({ artifact: z.string(), url: z.string() })),
})

export type FormulaSettings = z.infer<typeof formulaSettings>
export type CaskSettings = z.infer<typeof caskSettings>
export type Uninstall = z.infer<typeof uninstall>
/** What a formula and a cask have in common. */
export type TapSettings = Pick<FormulaSettings, keyof typeof tap> & { packages: { artifact: string; url: string }[] }
