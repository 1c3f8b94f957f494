import { z } from 'zod'
import { parseSettings as parse } from '../shared/parse-settings.ts'

const text = z.string()
const file = text.regex(/^[\w.+-]+$/)

const schema = z.strictObject({
  name: text.regex(/^[A-Za-z0-9._-]+$/),
  /** As PEP 440 writes it; empty where it cannot. */
  version: text.regex(/^[0-9a-z.]*$/),
  mode: z.enum(['wheel', 'download']),
  index: z.strictObject({
    kind: z.enum(['pypi', 'testpypi', 'other']),
    /** Where files are posted to. */
    upload: text.regex(/^https?:\/\//),
    /** The simple index, without a trailing slash. */
    simple: text.regex(/^https?:\/\//),
  }),
  summary: text,
  readme: text,
  license: text,
  author: text,
  urls: z.array(z.tuple([text, text])),
  keywords: z.array(text),
  classifiers: z.array(text),
  requiresPython: text,
  username: text.min(1),
  tokenEnv: text.min(1),
  trusted: z.boolean(),
  /** A signed statement with each file who published it (PEP 740); `auto`: from a public repository. */
  attestations: z.enum(['on', 'auto', 'off']).default('off'),
  commands: z.array(z.strictObject({ name: file, program: file })),
  platforms: z.array(
    z.strictObject({
      word: text.regex(/^[\w-]+$/),
      os: text.regex(/^[a-z0-9]+$/),
      arch: z.array(text.regex(/^[a-z0-9_]+$/)).min(1),
      programs: z.array(z.strictObject({ name: file, artifact: text.min(1) })).min(1),
    }),
  ),
  skipped: z.array(z.strictObject({ target: text, artifact: text, reason: text })),
})

/** One entry of `pypis`, resolved. Sealed into the manifest as it is; no secret, only the variable's name. */
export type PypiSettings = z.infer<typeof schema>

/** Settings from a manifest, which is input from outside. */
export function parseSettings(settings: unknown): PypiSettings {
  return parse(schema, 'pypi', settings)
}

/** The indexes that are known by name. */
const INDEXES: Record<'pypi' | 'testpypi', PypiSettings['index']> = {
  pypi: { kind: 'pypi', upload: 'https://upload.pypi.org/legacy/', simple: 'https://pypi.org/simple' },
  testpypi: { kind: 'testpypi', upload: 'https://test.pypi.org/legacy/', simple: 'https://test.pypi.org/simple' },
}

/**
 * Where an entry publishes: an index by name, or by its upload address; the simple index of others is `simple` below that, as with
 * pypiserver, GitLab, Artifactory and Nexus. Undefined for what is neither.
 * @example indexOf('https://pypi.acme.dev/').simple // 'https://pypi.acme.dev/simple'
 */
export function indexOf(repository: string): PypiSettings['index'] | undefined {
  if (repository === 'pypi' || repository === 'testpypi') return INDEXES[repository]
  if (!URL.canParse(repository)) return undefined
  const { protocol, username, password, search, hash, hostname } = new URL(repository)
  const loopback = /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname)
  if (!(protocol === 'https:' || (protocol === 'http:' && loopback))) return undefined
  if (username !== '' || password !== '' || search !== '' || hash !== '') return undefined
  const known = Object.values(INDEXES).find((one) => one.upload === `${repository.replace(/\/+$/, '')}/`)
  return known ?? { kind: 'other', upload: repository, simple: `${repository.replace(/\/+$/, '')}/simple` }
}
