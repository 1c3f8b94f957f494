import { z } from 'zod'
import { TagonceError } from '../../core/errors.ts'

const text = z.string()

const schema = z.strictObject({
  name: text.min(1),
  version: text.min(1),
  /** How the program gets to the user: in packages of npm, or from the hub at first run. */
  mode: z.enum(['platform', 'download']),
  tag: text.min(1),
  access: z.enum(['public', 'restricted']),
  description: text,
  homepage: text,
  license: text,
  author: text,
  repository: text,
  bugs: text,
  keywords: z.array(text),
  extra: z.record(text, z.unknown()),
  tokenEnv: text.min(1),
  /** Files of the project that go into the main package; sealed with the entry. */
  extraFiles: z.array(z.strictObject({ glob: text.min(1), name: text })).default([]),
  /** The workflow itself is the publisher; there is no token. */
  trusted: z.boolean().default(false),
  /** A signed statement of where the package was built; `auto`: where npm makes one by itself. */
  provenance: z.enum(['on', 'auto', 'off']).default('off'),
  /** A person approves every version. */
  staged: z.boolean().default(false),
  platforms: z.array(
    z.strictObject({
      word: text.regex(/^[a-z0-9]+-[a-z0-9]+$/),
      os: text.regex(/^[a-z0-9]+$/),
      cpu: z.array(text.regex(/^[a-z0-9]+$/)).min(1),
      programs: z.array(z.strictObject({ name: text.regex(/^[\w.+-]+$/), artifact: text.min(1) })).min(1),
    }),
  ),
  skipped: z.array(z.strictObject({ target: text, artifact: text, reason: text })),
})

/** One entry of `npms`, resolved. Sealed into the manifest as it is; no secret, only the variable's name. */
export type NpmSettings = z.infer<typeof schema>

/** Settings from a manifest, which is input from outside. */
export function parseSettings(settings: unknown): NpmSettings {
  const read = schema.safeParse(settings)
  if (read.success) return read.data
  const [first] = read.error.issues
  throw new TagonceError(
    'manifest',
    `npm settings: ${first?.path.join('.') ?? ''}: ${first?.message ?? 'unreadable'}`,
    {
      hint: 'the manifest was changed by hand, or made by another version of tagonce',
      cause: read.error,
    },
  )
}
