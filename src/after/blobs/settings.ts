import { z } from 'zod'
import type { Config } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { problemAt } from '../../spokes/shared/problem.ts'
import type { SpokeEntry } from '../../spokes/spoke.ts'
import type { ArtifactKind } from '../../core/artifact.ts'
import { AZURE_ACCESS, azureSettings } from './azure-settings.ts'

export const schema = z.strictObject({
  provider: z.enum(['s3', 'gs', 'azblob']).default('s3'),
  bucket: z.string(),
  /** Address of the bucket, without a slash at the end. */
  base: z.string(),
  region: z.string(),
  directory: z.string(),
  acl: z.string(),
  cacheControl: z.string(),
  /** Holds `\u{E000}` where the name of the file goes. */
  disposition: z.string(),
  kinds: z.array(z.string()),
  ids: z.array(z.string()),
  /** Account of Azure; empty where its name was not known yet. */
  account: z.string().default(''),
  /** How the bucket knows us: by which of Azure's credentials, or (an emulator) not at all. */
  access: z.enum([...AZURE_ACCESS, 'none']).default('key'),
})
export type BlobSettings = z.infer<typeof schema>
export type Entry = NonNullable<Config['blobs']>[number]
type Path = (string | number)[]

export const FILENAME = '\u{E000}'

const KINDS: ArtifactKind[] = [
  'archive',
  'binary',
  'file',
  'source',
  'makeself',
  'package',
  'flatpak',
  'srpm',
  'sbom',
  'checksums',
  'signature',
  'certificate',
]
const ACLS = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
]
/** cloud.google.com/storage/docs/buckets#naming; learn.microsoft.com: "Naming and referencing containers". */
const NAMES: Record<BlobSettings['provider'], [name: RegExp, signs: string]> = {
  s3: [/^[a-z0-9][a-z0-9.-]*$/, 'small letters, digits, dots and dashes'],
  gs: [/^[a-z0-9][a-z0-9._-]*$/, 'small letters, digits, dots, dashes and underscores'],
  azblob: [/^(\$root|\$web|[a-z0-9](-?[a-z0-9]){2,62})$/, '3 to 63 small letters, digits and single dashes'],
}

/** An entry of `blobs`, every text rendered. */
export function resolveBlob(config: SpokeConfig, entry: Entry, path: Path): SpokeEntry<BlobSettings>[] {
  if (config.plan.source.snapshot || config.isTrue(entry.disable, [...path, 'disable'])) return []
  const text = (key: 'bucket' | 'provider'): string => config.render(entry[key] ?? '', [...path, key])
  const bad = (key: string, message: string, mend: string): void => problemAt(config, [...path, key], message, mend)
  const [bucket, named] = [text('bucket'), text('provider')]
  if (bucket === '' || named === '') bad('bucket', 'blobs need a `bucket` and a `provider`', 'set both')
  const provider = schema.shape.provider.unwrap().safeParse(named).data ?? 's3'
  if (named !== '' && provider !== named) bad('provider', `${named} is no provider of blobs`, 'use s3, gs or azblob')
  const [name, signs] = NAMES[provider]
  if (bucket !== '' && !name.test(bucket)) bad('bucket', `${bucket} is no name of a bucket`, `use ${signs}`)
  if (entry.kms_key) bad('kms_key', '`kms_key` of blobs is not carried out yet', 'leave it out')
  if ((entry.extra_files ?? []).length > 0 || entry.extra_files_only === true) {
    bad(
      'extra_files',
      '`extra_files` of blobs is not carried out yet',
      'list them in `release.extra_files`: then they are files of the release',
    )
  }
  const disposition =
    entry.content_disposition === '-' ? '' : entry.content_disposition || 'attachment;filename={{.Filename}}'
  const settings: BlobSettings = {
    provider,
    bucket,
    ...placeOf(provider, config, entry, path, bucket),
    directory: config
      .render(entry.directory || '{{ .ProjectName }}/{{ .Tag }}', [...path, 'directory'])
      .replace(/^\//, ''),
    cacheControl: (entry.cache_control ?? []).join(', '),
    disposition: config.render(disposition, [...path, 'content_disposition'], { Filename: FILENAME }),
    kinds: [...KINDS, ...(entry.include_meta === true ? (['metadata'] as const) : [])],
    ids: entry.ids ?? [],
  }
  return [{ entry: `${provider}://${bucket}`, settings, at: path }]
}

type PlaceOfBucket = Pick<BlobSettings, 'base' | 'region' | 'acl' | 'account' | 'access'>

function placeOf(
  provider: BlobSettings['provider'],
  config: SpokeConfig,
  entry: Entry,
  path: Path,
  bucket: string,
): PlaceOfBucket {
  if (provider === 's3') return { ...amazon(config, entry, path, bucket), account: '', access: 'key' }
  const idle = (['region', 'endpoint', 'disable_ssl', 's3_force_path_style', 'acl'] as const).find((key) => entry[key])
  if (idle !== undefined) {
    const where = config.position([...path, idle])
    config.problem({
      severity: 'warning',
      code: 'blobs-idle-key',
      message: `\`${idle}\` is for the provider s3, and does nothing for ${provider}`,
      mend: 'leave it out',
      ...(where === undefined ? {} : { where }),
    })
  }
  const none = { region: '', acl: '' }
  if (provider === 'azblob') return { ...none, ...azureSettings(config, path, bucket) }
  // As Google's own clients have it: with or without a scheme.
  const emulator = (config.env?.['STORAGE_EMULATOR_HOST'] ?? '').replace(/\/+$/, '')
  if (emulator === '') return { ...none, base: `https://storage.googleapis.com/${bucket}`, account: '', access: 'key' }
  const origin = /^https?:\/\//.test(emulator) ? emulator : `http://${emulator}`
  if (!URL.canParse(origin)) {
    problemAt(config, [...path, 'provider'], 'STORAGE_EMULATOR_HOST is no host', 'set it to HOST:PORT, or unset it')
  }
  return { ...none, base: `${origin}/${bucket}`, account: '', access: 'none' }
}

function amazon(
  config: SpokeConfig,
  entry: Entry,
  path: Path,
  bucket: string,
): Pick<BlobSettings, 'base' | 'region' | 'acl'> {
  const text = (key: 'region' | 'endpoint' | 'acl'): string => config.render(entry[key] ?? '', [...path, key])
  const endpoint = text('endpoint').replace(/\/+$/, '')
  const acl = text('acl')
  if (acl !== '' && !ACLS.includes(acl)) {
    problemAt(config, [...path, 'acl'], `${acl} is no acl`, `use one of ${ACLS.join(', ')}`)
  }
  const region = text('region') || (config.env?.['AWS_REGION'] ?? config.env?.['AWS_DEFAULT_REGION'] ?? 'us-east-1')
  const scheme = entry.disable_ssl === true ? 'http' : 'https'
  const host =
    endpoint === ''
      ? `${scheme}://s3.${region}.amazonaws.com`
      : /^https?:/.test(endpoint)
        ? endpoint
        : `${scheme}://${endpoint}`
  // A name with dots has no certificate of its own.
  const inPath = entry.s3_force_path_style ?? (endpoint !== '' || bucket.includes('.'))
  return { base: inPath ? `${host}/${bucket}` : host.replace('://', `://${bucket}.`), region, acl }
}
