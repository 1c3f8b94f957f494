import { z } from 'zod'
import { MANIFEST_SCHEMA } from './manifest.ts'
import type { Manifest } from './manifest.ts'

// Patterns are plain enough for every reader of JSON Schema: no Unicode classes.
/* oxlint-disable no-control-regex -- control characters are what is refused */
const line = z.string().regex(/^[^\u0000-\u001f\u007f]*$/, 'has a control character')
const word = z.string().regex(/^[^\s\u0000-\u001f\u007f]+$/, 'is empty, or has a blank')
/* oxlint-enable no-control-regex */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is no sha256 (64 hex digits)')
const size = z.int().min(0)
/** An origin with or without a path: no trailing slash, and nobody's password. */
const address = z.string().regex(/^https?:\/\/[^\s/@?#]+(\/[^\s@?#]*[^\s@?#/])?$/, 'is no public address')
const segment = z.string().regex(/^[A-Za-z0-9_.-]+$/, 'is no name on the hub')

const platform = z.strictObject({
  goos: word,
  goarch: word,
  goamd64: z.exactOptional(line),
  go386: z.exactOptional(line),
  goarm: z.exactOptional(line),
  goarm64: z.exactOptional(line),
  gomips: z.exactOptional(line),
  goppc64: z.exactOptional(line),
  goriscv64: z.exactOptional(line),
  abi: z.exactOptional(line),
  target: line,
})

const header = z.strictObject({
  format: z.enum(['elf', 'macho', 'pe']),
  arch: word,
  linkage: z.enum(['static', 'dynamic']),
  interpreter: z.exactOptional(line),
  glibc: z.exactOptional(line),
  libraries: z.array(line),
  minos: z.exactOptional(line),
})

const binary = z.strictObject({
  name: line.min(1),
  path: line.min(1),
  mode: z.string().regex(/^0[0-7]{3}$/, 'is no mode such as 0755'),
  size,
  sha256,
  header: z.exactOptional(header),
})

const kinds = ['binary', 'archive', 'checksums', 'source', 'package', 'sbom', 'signature', 'certificate'] as const

export const artifactSchema = z.strictObject({
  name: line.min(1),
  kind: z.enum([...kinds, 'metadata', 'manifest', 'file', 'srpm', 'makeself', 'flatpak']),
  id: line,
  platform: z.exactOptional(platform),
  format: z.exactOptional(line),
  wrapDirectory: z.exactOptional(line),
  size,
  sha256,
  binaries: z.array(binary),
  files: z.exactOptional(z.array(line)),
})

const spoke = z.strictObject({
  spoke: word,
  entry: line,
  settings: z.unknown(),
  pins: z.record(z.string(), z.string()),
  skip: z.exactOptional(z.string()),
})

/** The shape of `tagonce.json`. What is not in it is refused: a reader must not overlook what a later version means. */
export const manifestSchema: z.ZodType<Manifest> = z.strictObject({
  $schema: z.string(),
  schema: z.literal(MANIFEST_SCHEMA),
  project: line.min(1),
  tag: word,
  version: word,
  previousTag: line,
  commit: z.string().regex(/^[0-9A-Za-z]+$/, 'is no commit'),
  date: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, 'is no time in UTC'),
  prerelease: z.boolean(),
  tool: z.strictObject({ name: z.literal('tagonce'), version: word }),
  hub: z.strictObject({
    kind: z.literal('github'),
    owner: segment,
    repo: segment,
    download: address,
    api: address,
    upload: address,
  }),
  notes: z.string(),
  artifacts: z.array(artifactSchema),
  spokes: z.array(spoke),
})
