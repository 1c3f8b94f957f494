import { existsSync } from 'node:fs'
import type { Diagnostic } from '../../core/errors.ts'
import { TagonceError } from '../../core/errors.ts'
import { DOCKER_HUB, parseImageName } from '../../external/oci-registry.ts'
import type { ChannelIO } from '../spoke.ts'
import { withBase } from './base-mark.ts'
import { baseDiagnostic } from './base-fault.ts'
import { resolveBase } from './base.ts'
import { parsePlatform } from './dockerfile/platform.ts'
import { findEngine } from './engine/find.ts'
import { loginFor, loginVariables } from './login.ts'
import { publishedName } from './names.ts'
import { readingRegistry, registryAt } from './registries.ts'
import type { DockerSettings, ImageSettings, NamedBase } from './settings.ts'

/** Reads only: is there a login, may it push to each repository, and is each base image there. */
export async function probeSettings(settings: DockerSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const names = settings.names.map((text) => publishedName(withBase(text, { name: 'base', digest: 'digest' })))
  const repositories = new Map(names.map((one) => [`${one.host}/${one.repository}`, one]))
  const found = await Promise.all([
    ...[...repositories.values()].map(({ host, repository }) => probePush(host, repository, io)),
    ...(settings.role === 'image' ? settings.bases : []).map((base) => probeBase(settings.at, base, io)),
    ...(settings.role === 'image' && settings.engine !== undefined ? [probeEngine(settings, settings.engine, io)] : []),
  ])
  // The same is wrong for every platform.
  return [...new Map(found.flat().map((one) => [one.message, one])).values()]
}

async function probePush(host: string, repository: string, io: ChannelIO): Promise<Diagnostic[]> {
  const shown = host === DOCKER_HUB ? 'docker.io' : host
  const mend = mendOf(host, shown)
  try {
    const login = await loginFor(host, io)
    // A registry of one's own, on this machine, may ask for none.
    if (login === undefined && !/^(localhost|127\.|\[::1\])/.test(host)) {
      return [{ severity: 'error', code: 'docker-login', message: `docker: there is no login for ${shown}`, mend }]
    }
    await (await registryAt(host, io)).canPush(repository)
    return []
  } catch (error) {
    return [told(error, 'docker-push', `docker: ${shown}/${repository}`, mend)]
  }
}

async function probeBase(at: string, base: NamedBase, io: ChannelIO): Promise<Diagnostic[]> {
  try {
    const registry = await readingRegistry(parseImageName(base.name).host, io)
    if (registry === undefined) {
      const message = `${at}: ${base.name} is not read with --offline; an empty image stands in for it`
      return [{ severity: 'info', code: 'docker-stand-in', message }]
    }
    await resolveBase(base.name, parsePlatform(base.platform)!, registry)
    return []
  } catch (error) {
    return [baseDiagnostic(error, at, base)]
  }
}

/** Is there what carries out the whole Dockerfile? */
async function probeEngine(
  { at, bases, platforms }: ImageSettings,
  { what, file, line, column }: NonNullable<ImageSettings['engine']>,
  io: ChannelIO,
): Promise<Diagnostic[]> {
  const short = what.length > 60 ? `${what.slice(0, 57)}…` : what
  const where = { file, line, column }
  if (io.http.outside === undefined && bases.length > 0) {
    const message = `${at}: ${short}: with --offline this is passed over, since an empty image stands in for the base`
    return [{ severity: 'info', code: 'docker-stand-in', message, where }]
  }
  const engine = await findEngine(io.signal)
  if ('why' in engine) {
    const message = `${at}: ${short}: docker buildx or buildah is needed for this: ${engine.why}`
    const mend = 'install one (docker/setup-buildx-action), or prepare the files before and leave it to COPY'
    return [{ severity: 'error', code: 'docker-engine', message, where, mend }]
  }
  const strange = platforms.map((one) => one.name).filter((one) => engine.name === 'buildah' && !canRun(one))
  if (strange.length === 0) return []
  const message = `${at}: nothing on this machine runs programs of ${strange.join(', ')}, and ${short} may start some`
  const mend = 'install qemu-user-static and register it with binfmt_misc (docker/setup-qemu-action)'
  return [{ severity: 'warning', code: 'docker-emulation', message, where, mend }]
}

const QEMU: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64', '386': 'i386' }

/** Whether programs of a platform run here, themselves or by an emulator that the kernel knows. */
function canRun(platform: string): boolean {
  const [, architecture = ''] = platform.split('/')
  const own = { x64: 'amd64', ia32: '386' }[process.arch as string] ?? process.arch
  if (architecture === own || (own === 'amd64' && architecture === '386')) return true
  return existsSync(`/proc/sys/fs/binfmt_misc/qemu-${QEMU[architecture] ?? architecture}`)
}

/** A passing fault is no proof that something is wrong. */
function told(error: unknown, code: string, what: string, mend: string): Diagnostic {
  if (!(error instanceof TagonceError) || error.code === 'interrupted' || error.code === 'internal') throw error
  const passing = error.code === 'rate-limit'
  return {
    severity: passing ? 'warning' : 'error',
    code,
    message: `${what}: ${error.message}`,
    mend: error.hint ?? mend,
  }
}

function mendOf(host: string, shown: string): string {
  const [users, passwords, fallback] = loginVariables(host)
  const variables = fallback === '' ? `${users[0]} and ${passwords[0]}` : (passwords.at(-1) ?? '')
  return `log in: docker login ${shown}, or set ${variables}`
}
