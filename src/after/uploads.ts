import { createReadStream } from 'node:fs'
import { z } from 'zod'
import type { Config } from '../config/config.ts'
import type { Artifact, ArtifactKind } from '../core/artifact.ts'
import type { Credentials } from '../core/credentials.ts'
import { TagonceError } from '../core/errors.ts'
import type { HubReader } from '../hub/hub.ts'
import type { SpokeConfig } from '../plan/spoke-config.ts'
import type { AnySpoke, ChannelIO, SpokeEntry } from '../spokes/spoke.ts'
import type { Unit } from '../spokes/unit.ts'
import { saw } from '../spokes/shared/evidence.ts'
import { afterSpoke } from './after-spoke.ts'
import { problemAt } from '../spokes/shared/problem.ts'
import { hostOf, recorder } from './recorder.ts'
import { openText, sealFileText, sealText, secretsIn } from '../spokes/shared/sealed-text.ts'
import { holdsCertificates, probeTls, tlsOf } from './upload-tls.ts'
import { fieldsOf, isMoving, selected } from './select.ts'

const settingsSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['upload', 'artifactory']),
  target: z.string(),
  customName: z.boolean(),
  method: z.string(),
  username: z.string(),
  password: z.string(),
  headers: z.record(z.string(), z.string()),
  checksumHeader: z.string(),
  /** Paths, relative to where the program runs; empty without. */
  clientCert: z.string().default(''),
  clientKey: z.string().default(''),
  /** Certificates in PEM. */
  trusted: z.string().default(''),
  kinds: z.array(z.string()),
  ids: z.array(z.string()),
  exts: z.array(z.string()),
})
type Settings = z.infer<typeof settingsSchema>
type Entry = NonNullable<Config['uploads']>[number]

interface UploadUnit extends Unit {
  settings: Settings
  artifact: Artifact
}

/** Bytes that a server took in this run; not every server tells afterwards what it has. */
const taken = new WeakMap<HubReader, Set<string>>()

/** `uploads`: every file to a server by PUT. */
export const uploads: AnySpoke = uploadSpoke('uploads', 'upload')
/** `artifactories`: the same, to Artifactory, which checks the sum. */
export const artifactories: AnySpoke = uploadSpoke('artifactories', 'artifactory')

function uploadSpoke(key: 'uploads' | 'artifactories', kind: Settings['kind']): AnySpoke {
  return afterSpoke<Settings, UploadUnit>({
    name: key,
    schema: settingsSchema,
    settings: (config) =>
      (config.config[key] ?? []).flatMap((entry, index) => resolve(config, entry, [key, index], kind)),
    units: (manifest, settings) =>
      selected(manifest, { ...settings, kinds: settings.kinds as ArtifactKind[] }).map((artifact) => ({
        id: `${key}:${settings.name}/${artifact.name}`,
        // What is secret in it stays out of the report.
        address: shownTarget(settings, artifact, manifest.project),
        needs: [],
        settings,
        artifact,
      })),
    probe: (settings, io) => probeTls(key, settings, io),
    observe: (unit, hub, io) => observe(unit, hub, io),
    publish: (unit, _, hub, io) => publish(unit, hub, io),
    world: {
      client: async () => ({ skipped: 'nothing is installed from it' }),
      server: recorder,
      hosts: (settings) => hostOf((settings as Settings).target),
    },
  })
}

function resolve(
  config: SpokeConfig,
  entry: Entry,
  path: (string | number)[],
  kind: Settings['kind'],
): SpokeEntry<Settings>[] {
  if (config.plan.source.snapshot) return []
  const bad = (at: string, message: string, mend: string): void => problemAt(config, [...path, at], message, mend)
  const name = config.render(entry.name ?? '', [...path, 'name'])
  if (config.isTrue(entry.skip, [...path, 'skip'])) return []
  if (name === '') bad('name', `${path[0]}[${path[1]}] needs a \`name\``, 'set `name`')
  if (!entry.target) bad('target', `${path[0]}[${path[1]}] needs a \`target\``, 'set `target` to the URL of a folder')
  for (const later of ['extra_files', 'extra_files_only'] as const) {
    const value = entry[later]
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue
    bad(
      later,
      `\`${later}\` of ${path[0]} is not carried out yet`,
      `leave it out, or pass over it with --skip=${path[0]}`,
    )
  }
  const variable = (what: string): string => `${kind}_${name}_${what}`.toUpperCase()
  const username = sealText(config, entry.username, [...path, 'username']) || (config.env?.[variable('USERNAME')] ?? '')
  const password =
    sealText(config, entry.password, [...path, 'password']) ||
    (username === '' && config.env?.[variable('SECRET')] === undefined
      ? ''
      : `\u{E000}env:${variable('SECRET')}\u{E000}`)
  if (entry.password !== undefined && password !== '' && secretsIn(password).length === 0) {
    bad('password', 'a password does not stand in a config', `write "{{ .Env.NAME }}", or set ${variable('SECRET')}`)
  }
  if (password !== '' && username === '') {
    bad('username', `a password without a user name`, `set \`username\`, or the variable ${variable('USERNAME')}`)
  }
  const [clientCert, clientKey] = (['client_x509_cert', 'client_x509_key'] as const).map((one) =>
    config.render(entry[one] ?? '', [...path, one]),
  ) as [string, string]
  if ((clientCert === '') !== (clientKey === '')) {
    const [has, lacks] = clientKey === '' ? ['cert', 'key'] : ['key', 'cert']
    bad(`client_x509_${has}`, `\`client_x509_${has}\` goes with \`client_x509_${lacks}\``, 'set both, or neither')
  }
  const trusted = entry.trusted_certificates ?? ''
  if (trusted !== '' && !holdsCertificates(trusted)) {
    bad('trusted_certificates', 'that is no certificate in PEM', 'write it with its lines BEGIN and END CERTIFICATE')
  }
  const binary = entry.mode === 'binary'
  const kinds: ArtifactKind[] = [
    ...(entry.checksum === true ? (['checksums'] as const) : []),
    ...(entry.meta === true ? (['metadata'] as const) : []),
    ...(entry.signature === true ? (['signature', 'certificate'] as const) : []),
    ...(binary ? (['binary'] as const) : (['archive', 'source', 'makeself', 'package', 'flatpak'] as const)),
  ]
  const settings: Settings = {
    name,
    kind,
    target: sealFileText(config, entry.target, [...path, 'target']),
    customName: entry.custom_artifact_name ?? false,
    method: kind === 'artifactory' ? 'PUT' : entry.method || 'PUT',
    username,
    password,
    headers: Object.fromEntries(
      Object.entries(entry.custom_headers ?? {}).map(([key, value]) => [
        key,
        sealFileText(config, value, [...path, 'custom_headers', key]),
      ]),
    ),
    checksumHeader: entry.checksum_header || (kind === 'artifactory' ? 'X-Checksum-SHA256' : ''),
    clientCert,
    clientKey,
    trusted,
    kinds,
    ids: entry.ids ?? [],
    exts: entry.exts ?? [],
  }
  return [{ entry: name, settings, at: path }]
}

function shownTarget(settings: Settings, artifact: Artifact, project: string): string {
  return targetOf(settings, artifact, project, { has: () => true, get: () => '***' })
}

function targetOf(settings: Settings, artifact: Artifact, project: string, credentials: Credentials): string {
  const folder = openText(settings.target, credentials, fieldsOf(artifact, project, artifact.name))
  if (settings.customName) return folder
  return `${folder}${folder.endsWith('/') ? '' : '/'}${artifact.name}`
}

function headersOf({ settings, artifact }: UploadUnit, hub: HubReader, io: ChannelIO): Record<string, string> {
  const fields = fieldsOf(artifact, hub.manifest.project, artifact.name)
  const [user, password] = [settings.username, settings.password].map((one) => openText(one, io.credentials))
  const basic = Buffer.from(`${user}:${password}`).toString('base64')
  return {
    ...(user !== '' && password !== '' ? { authorization: `Basic ${basic}` } : {}),
    ...Object.fromEntries(
      Object.entries(settings.headers).map(([name, value]) => [name, openText(value, io.credentials, fields)]),
    ),
  }
}

async function observe(unit: UploadUnit, hub: HubReader, io: ChannelIO): Promise<ReturnType<typeof saw>> {
  const { artifact, settings, address } = unit
  const url = targetOf(settings, artifact, hub.manifest.project, io.credentials)
  const answer = await io.http.request(url, {
    method: 'HEAD',
    headers: headersOf(unit, hub, io),
    signal: io.signal,
    ...(await tlsOf(settings, io)),
  })
  const sent = taken.get(hub)?.has(unit.id) === true
  const { status, headers } = answer
  if (status === 404 || status === 410) {
    return sent
      ? saw(io, 'live', `the server took it in this run, and answers HEAD with ${status}`, address)
      : saw(io, 'absent', `HEAD answers ${status}`, address)
  }
  if (status >= 200 && status < 300) {
    const sum = headers.get('x-checksum-sha256')
    const length = headers.get('content-length')
    const same = sum === null ? length === null || Number(length) === artifact.size : sum === artifact.sha256
    const what = `HEAD answers ${status}${length === null ? '' : `, ${length} bytes`}${sum === null ? '' : `, sha256:${sum}`}`
    if (same) return saw(io, 'live', what, address)
    if (isMoving(address, hub.manifest) && !sent)
      return saw(io, 'absent', what, address, 'other bytes are there, and are replaced')
    return saw(
      io,
      'mismatch',
      what,
      address,
      `other bytes are there: ${artifact.size} bytes, sha256:${artifact.sha256} were sealed`,
    )
  }
  if (status === 405 || status === 501 || status === 400) {
    return saw(
      io,
      sent ? 'live' : 'absent',
      `the server knows no HEAD (${status})${sent ? ', and took it in this run' : ''}`,
      address,
    )
  }
  return saw(io, 'unknown', `HEAD answers ${status}`, address, `the server answers ${status}`)
}

async function publish(unit: UploadUnit, hub: HubReader, io: ChannelIO): Promise<void> {
  const { settings, artifact, address } = unit
  const path = await hub.file(artifact.name)
  const answer = await io.http.request(targetOf(settings, artifact, hub.manifest.project, io.credentials), {
    method: settings.method,
    headers: {
      ...headersOf(unit, hub, io),
      ...(settings.checksumHeader === '' ? {} : { [settings.checksumHeader]: artifact.sha256 }),
    },
    body: () => createReadStream(path),
    length: artifact.size,
    signal: io.signal,
    ...(await tlsOf(settings, io)),
    // PUT may be repeated; another method only where nothing was done.
    ...(settings.method === 'PUT' ? { retries: 4 } : {}),
  })
  const said = await answer.text()
  if (answer.status >= 200 && answer.status < 300) {
    const known = taken.get(hub) ?? new Set()
    taken.set(hub, known.add(unit.id))
    return
  }
  throw new TagonceError('spoke', `${address}: the server answers ${answer.status}`, {
    output: said.slice(0, 2000),
    hint: 'look at the user name, the password and whether they may write there',
  })
}
