import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { z } from 'zod'
import type { Config } from '../config/config.ts'
import type { Artifact, ArtifactKind } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import type { SpokeConfig } from '../plan/spoke-config.ts'
import type { AnySpoke, ChannelIO, SpokeEntry } from '../spokes/spoke.ts'
import type { Unit } from '../spokes/unit.ts'
import { saw } from '../spokes/shared/evidence.ts'
import { afterSpoke } from './after-spoke.ts'
import { problemAt } from '../spokes/shared/problem.ts'
import { hostOf, recorder } from './recorder.ts'
import { isMoving, selected } from './select.ts'
import { objectPath, signS3 } from '../external/sigv4.ts'

const schema = z.strictObject({
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
})
type Settings = z.infer<typeof schema>
type Entry = NonNullable<Config['blobs']>[number]
interface BlobUnit extends Unit {
  settings: Settings
  artifact: Artifact
}

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
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const FILENAME = '\u{E000}'

/** `blobs`: every file into a bucket, by the protocol of S3. */
export const blobs: AnySpoke = afterSpoke<Settings, BlobUnit>({
  name: 'blobs',
  schema,
  settings: (config) => (config.config.blobs ?? []).flatMap((entry, index) => resolve(config, entry, ['blobs', index])),
  credentials: () => ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
  units: (manifest, settings) =>
    selected(manifest, { kinds: settings.kinds as ArtifactKind[], ids: settings.ids, exts: [] }).map((artifact) => {
      const key = posix.join(settings.directory, artifact.name)
      const address = `${settings.base}/${objectPath(key)}`
      return { id: `blobs:${settings.bucket}/${key}`, address, needs: [], settings, artifact }
    }),
  async observe(unit, { manifest }, io) {
    const { artifact, address } = unit
    const { status, headers } = await send(unit, 'HEAD', { 'x-amz-checksum-mode': 'ENABLED' }, NOTHING, io)
    if (status === 404) return saw(io, 'absent', 'HEAD answers 404', address)
    if (status !== 200) {
      const hint = status === 403 ? ': may the key list the bucket? (s3:ListBucket, s3:GetObject)' : ''
      return saw(io, 'unknown', `HEAD answers ${status}`, address, `the bucket answers ${status}${hint}`)
    }
    const sum = headers.get('x-amz-checksum-sha256')
    const size = Number(headers.get('content-length'))
    const mine = Buffer.from(artifact.sha256, 'hex').toString('base64')
    const what = `an object of ${size} bytes${sum === null ? '' : `, sha256 ${sum}`}`
    if (sum === null ? size === artifact.size : sum === mine) return saw(io, 'live', what, address)
    if (isMoving(address, manifest)) return saw(io, 'absent', what, address, 'other bytes are there, and are replaced')
    return saw(
      io,
      'mismatch',
      what,
      address,
      `other bytes are there: ${artifact.size} bytes, sha256 ${mine} were sealed`,
    )
  },
  async publish(unit, _, hub, io) {
    const { artifact, settings, address } = unit
    const path = await hub.file(artifact.name)
    const headers = {
      'x-amz-checksum-sha256': Buffer.from(artifact.sha256, 'hex').toString('base64'),
      ...(settings.acl === '' ? {} : { 'x-amz-acl': settings.acl }),
      ...(settings.cacheControl === '' ? {} : { 'cache-control': settings.cacheControl }),
      ...(settings.disposition === ''
        ? {}
        : { 'content-disposition': settings.disposition.replaceAll(FILENAME, artifact.name) }),
    }
    const body = { body: () => createReadStream(path), length: artifact.size }
    const answer = await send(unit, 'PUT', headers, artifact.sha256, io, body)
    const said = await answer.text()
    if (answer.status === 200 || answer.status === 201) return
    const code = /<Code>([^<]*)<\/Code>/.exec(said)?.[1] ?? String(answer.status)
    throw new TagonceError('spoke', `${address}: the bucket answers ${code}`, {
      hint: HINTS[code] ?? 'look at the key and the bucket',
      output: said.slice(0, 2000),
    })
  },
  world: {
    client: async () => ({ skipped: 'nothing is installed from it' }),
    server: recorder,
    hosts: (settings) => hostOf((settings as Settings).base),
  },
})

const HINTS: Record<string, string> = {
  NoSuchBucket: 'make the bucket, or mend `blobs[].bucket`',
  InvalidAccessKeyId: 'AWS_ACCESS_KEY_ID is not known there',
  SignatureDoesNotMatch: 'AWS_SECRET_ACCESS_KEY is another, or `region` is',
  AccessDenied: 'the key may not write there: it needs s3:PutObject (and s3:PutObjectAcl with `acl`)',
  AccessControlListNotSupported: 'the bucket takes no `acl`: leave it out',
}

function resolve(config: SpokeConfig, entry: Entry, path: (string | number)[]): SpokeEntry<Settings>[] {
  if (config.plan.source.snapshot || config.isTrue(entry.disable, [...path, 'disable'])) return []
  const text = (key: 'bucket' | 'provider' | 'region' | 'endpoint' | 'acl'): string =>
    config.render(entry[key] ?? '', [...path, key])
  const bad = (key: string, message: string, mend: string): void => problemAt(config, [...path, key], message, mend)
  const [bucket, provider, endpoint] = [text('bucket'), text('provider'), text('endpoint').replace(/\/+$/, '')]
  if (bucket === '' || provider === '') bad('bucket', 'blobs need a `bucket` and a `provider`', 'set both')
  else if (provider !== 's3') {
    const mend =
      provider === 'gs'
        ? 'Google takes S3’s protocol, too: `provider: s3`, `endpoint: https://storage.googleapis.com`, and an HMAC key'
        : 'use a bucket that speaks S3’s protocol, or pass over it with --skip=blobs'
    bad('provider', `buckets of the provider ${provider} are not carried out yet`, mend)
  }
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(bucket) && bucket !== '')
    bad('bucket', `${bucket} is no name of a bucket`, 'use small letters, digits, dots and dashes')
  if (entry.kms_key) bad('kms_key', '`kms_key` of blobs is not carried out yet', 'leave it out')
  if ((entry.extra_files ?? []).length > 0 || entry.extra_files_only === true) {
    bad(
      'extra_files',
      '`extra_files` of blobs is not carried out yet',
      'list them in `release.extra_files`: then they are files of the release',
    )
  }
  const acl = text('acl')
  if (acl !== '' && !ACLS.includes(acl)) bad('acl', `${acl} is no acl`, `use one of ${ACLS.join(', ')}`)
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
  const disposition =
    entry.content_disposition === '-' ? '' : entry.content_disposition || 'attachment;filename={{.Filename}}'
  const settings: Settings = {
    bucket,
    base: inPath ? `${host}/${bucket}` : host.replace('://', `://${bucket}.`),
    region,
    directory: config
      .render(entry.directory || '{{ .ProjectName }}/{{ .Tag }}', [...path, 'directory'])
      .replace(/^\//, ''),
    acl,
    cacheControl: (entry.cache_control ?? []).join(', '),
    disposition: config.render(disposition, [...path, 'content_disposition'], { Filename: FILENAME }),
    kinds: [...KINDS, ...(entry.include_meta === true ? (['metadata'] as const) : [])],
    ids: entry.ids ?? [],
  }
  return [{ entry: `${provider}://${bucket}`, settings, at: path }]
}

function send(
  { settings, address }: BlobUnit,
  method: string,
  headers: Record<string, string>,
  sha256: string,
  { http, credentials, clock, signal }: ChannelIO,
  body: object = {},
): Promise<Response> {
  const session = credentials.has('AWS_SESSION_TOKEN') ? { session: credentials.get('AWS_SESSION_TOKEN') } : {}
  const key = {
    id: credentials.get('AWS_ACCESS_KEY_ID'),
    secret: credentials.get('AWS_SECRET_ACCESS_KEY'),
    region: settings.region,
    ...session,
  }
  const signed = signS3({ method, url: new URL(address), headers, sha256 }, key, clock())
  return http.request(address, { method, headers: signed, signal, retries: 4, ...body })
}
