import { mkdir, readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { state } from '../../shared/evidence.ts'
import { type DoneMark, observeMark, setMark } from '../../shared/done-mark.ts'
import { openText, secretsIn } from '../../shared/sealed-text.ts'
import { TagonceError } from '../../../core/errors.ts'
import { expandEnv } from '../../../core/expand-env.ts'
import { inside } from '../../../core/paths.ts'
import { isSecretName, keepSecret } from '../../../core/secrets.ts'
import type { Observation } from '../../../core/states.ts'
import { run } from '../../../external/process.ts'
import type { HubReader } from '../../../hub/hub.ts'
import type { Manifest } from '../../../manifest/manifest.ts'
import type { ChannelIO, Spoke } from '../../spoke.ts'
import type { Unit } from '../../unit.ts'
import { evidence, observeUnit } from '../observe.ts'
import { pathOf } from '../resolve-entry.ts'
import { parseSettings } from '../settings.ts'
import { unitsOf } from '../units.ts'
import type { DockerUnit } from '../units.ts'
import { parseSignSettings, resolveSigns } from './settings.ts'
import type { SignSettings } from './settings.ts'

interface SignUnit extends Unit {
  image: DockerUnit
  settings: SignSettings
}

/** `docker_signs`: a tool that signs images where they were pushed, by the digest that the registry shows. */
export const dockerSigns: Spoke<SignSettings, SignUnit> = {
  name: 'docker_signs',
  stage: 'after',
  settings: resolveSigns,
  parse: parseSignSettings,
  check: () => [],
  credentials: (settings) => [...new Set([...secretsIn(settings), settings.tokenEnv])],
  async probe({ id, cmd, stdinFile }, io) {
    const found = [
      ...((await runs(cmd, io.signal))
        ? []
        : [{ message: `docker_signs ${id}: ${cmd} is not on the PATH`, mend: 'install it, or pass --skip=sign' }]),
      ...(stdinFile === '' || (await readFile(resolve(stdinFile)).catch(() => undefined)) !== undefined
        ? []
        : [{ message: `docker_signs ${id}: ${stdinFile} cannot be read`, mend: 'it is its `stdin_file`' }]),
    ]
    return found.map((one) => ({ severity: 'error', code: 'tool-missing', ...one }))
  },
  units: (manifest, settings) => imagesOf(manifest, settings).map((image) => unitOf(image, settings)),
  observe: observeSign,
  async publish({ image, settings }, _, hub, io) {
    const seen = await observeUnit(image, hub, io)
    const digest = digestOf(seen)
    if (seen.state !== 'live' || digest === undefined)
      throw new TagonceError('spoke', `${image.name.text} is ${seen.state}, so it is not signed`)
    await sign(settings, image.name.text, digest, io)
    await setMark(markOf(settings, image, digest), hub.manifest, io)
  },
  verify: async (unit, hub, io, seen) => seen ?? observeSign(unit, hub, io),
  instructions: () => [],
  world: { client: async () => ({ skipped: 'nothing is installed from it' }) },
}

function unitOf(image: DockerUnit, settings: SignSettings): SignUnit {
  return { id: `docker_signs:${settings.id}/${image.name.text}`, address: image.address, needs: [], image, settings }
}

function imagesOf(manifest: Manifest, { keys, ids }: SignSettings): DockerUnit[] {
  return manifest.spokes
    .filter((one) => ['docker', 'ko'].includes(one.spoke) && one.skip === undefined)
    .map((one) => parseSettings(one.settings))
    .filter((one) => keys.includes(pathOf(one)[0]) && (ids.length === 0 || ids.includes(one.id)))
    .flatMap((one) => unitsOf(manifest, one))
}

async function observeSign({ image, settings }: SignUnit, hub: HubReader, io: ChannelIO): Promise<Observation> {
  if (io.stripSecrets === true) {
    return state('staged', [evidence(image, io, 'a rehearsal')], 'a rehearsal does not sign: that needs a key')
  }
  const seen = await observeUnit(image, hub, io)
  const digest = digestOf(seen)
  if (seen.state !== 'live' || digest === undefined) {
    const why = `${image.name.text} is ${seen.state}`
    return state(seen.state === 'superseded' ? 'superseded' : 'deferred', seen.evidence, why)
  }
  const mark = await observeMark(markOf(settings, image, digest), hub.manifest, io)
  return { ...mark, evidence: [...seen.evidence, ...mark.evidence] }
}

/** The digest that the tag shows. */
function digestOf({ evidence: seen }: Observation): string | undefined {
  return seen.find((one) => one.digest !== undefined)?.digest
}

/** A ref of the hub's repository says that it was done: which of several keys signed, no registry tells. */
function markOf({ id, tokenEnv }: SignSettings, { name }: DockerUnit, digest: string): DoneMark {
  return { name: `docker-sign-${id}-${name.text}-${digest.slice('sha256:'.length, 19)}`, tokenEnv }
}

async function sign(settings: SignSettings, artifact: string, digest: string, io: ChannelIO): Promise<void> {
  const { id, cmd } = settings
  const env: Record<string, string> = {
    ...Object.fromEntries(Object.entries(process.env).filter((one): one is [string, string] => one[1] !== undefined)),
    artifactName: artifact,
    artifact,
    artifactID: id,
    digest,
  }
  const open = (text: string): string => openText(expandEnv(text, env), io.credentials)
  for (const entry of settings.env) {
    const [name, value] = cut(openText(entry, io.credentials))
    if (isSecretName(name)) keepSecret(value)
    env[name] = value
  }
  for (const key of ['signature', 'certificate'] as const) {
    env[key] = open(settings[key])
    if (env[key] !== '') await mkdir(dirname(inside(process.cwd(), env[key])), { recursive: true })
  }
  const input = settings.stdin === undefined ? undefined : open(settings.stdin)
  const bytes = input ?? (settings.stdinFile === '' ? undefined : await readFile(resolve(settings.stdinFile)))
  if (bytes !== undefined) keepSecret(bytes.toString().trim())
  const lines: string[] = []
  const { code } = await run([cmd, ...settings.args.map(open)], {
    env,
    signal: io.signal,
    ...(bytes === undefined ? {} : { input: bytes }),
    onLine: (line) => void lines.push(line),
  })
  if (code === 0) return
  throw new TagonceError('spoke', `docker_signs ${id}: ${cmd} ended with ${code} for ${artifact}@${digest}`, {
    output: lines.join('\n'),
  })
}

function cut(entry: string): [name: string, value: string] {
  const at = entry.indexOf('=')
  return [entry.slice(0, at), entry.slice(at + 1)]
}

/** Whether a program can be started. */
async function runs(cmd: string, signal: AbortSignal): Promise<boolean> {
  try {
    await run([cmd, 'version'], { signal, timeout: 30_000 })
    return true
  } catch (error) {
    if (error instanceof TagonceError && error.code === 'tool-missing') return false
    throw error
  }
}
