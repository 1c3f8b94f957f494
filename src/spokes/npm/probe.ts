import { TagonceError } from '../../core/errors.ts'
import type { Diagnostic } from '../../core/errors.ts'
import type { NpmRegistry } from '../../external/npm-registry.ts'
import type { ChannelIO } from '../spoke.ts'
import { isBurnt } from './observe.ts'
import { platformPackage } from './platforms.ts'
import { probeProvenance } from './provenance.ts'
import { reader, refused, writer } from './registry.ts'
import type { NpmSettings } from './settings.ts'
import { exchangedToken } from './trusted.ts'

/** Reads only: whose token it is, whose the names are, and whether the version can still be published. */
export async function probeSettings(settings: NpmSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const names = [settings.name]
  if (settings.mode === 'platform')
    names.push(...settings.platforms.map((one) => platformPackage(settings.name, one.word)))
  const [provenance, access] = await Promise.all([probeProvenance(settings, io), probeAccess(settings, names, io)])
  return [...provenance, ...access]
}

async function probeAccess(settings: NpmSettings, names: string[], io: ChannelIO): Promise<Diagnostic[]> {
  if (settings.trusted) return (await Promise.all(names.map((name) => probeTrusted(settings, name, io)))).flat()
  const registry = writer(settings, io)
  const who = await registry.whoami()
  const username = who.body?.username
  if (username === undefined) {
    // Some registries answer with 200 and no name.
    const status = who.body === undefined ? who.status : 401
    const error = refused('asking who the token belongs to', { ...who, status }, settings)
    // A passing fault is no proof against the token.
    const severity = status === 401 || status === 403 ? 'error' : 'warning'
    return [
      {
        severity,
        code: 'npm-token',
        message: `npm ${settings.name}: ${error.message}`,
        ...(error.hint === undefined ? {} : { mend: error.hint }),
      },
    ]
  }
  return (await Promise.all(names.map((name) => probeName(registry, settings, name, username)))).flat()
}

/** Whether npm takes this workflow for a package; nothing is used up by asking. */
async function probeTrusted(settings: NpmSettings, name: string, io: ChannelIO): Promise<Diagnostic[]> {
  const { body: doc } = await reader(settings, io).packument(name)
  if (doc !== undefined && isBurnt(doc, settings.version)) return [burnt(name, settings.version)]
  try {
    await exchangedToken(name, io)
    return []
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code !== 'credentials') throw error
    const mend = error.hint === undefined ? {} : { mend: error.hint }
    return [{ severity: 'error', code: 'npm-trusted', message: error.message, ...mend }]
  }
}

function burnt(name: string, version: string): Diagnostic {
  return {
    severity: 'error',
    code: 'npm-burnt',
    message: `npm: ${name}@${version} was unpublished; the registry never takes it again`,
    mend: 'tag a new version',
  }
}

async function probeName(
  registry: NpmRegistry,
  settings: NpmSettings,
  name: string,
  username: string,
): Promise<Diagnostic[]> {
  const { body: doc, status } = await registry.packument(name)
  if (status === 404) {
    return [{ severity: 'info', code: 'npm-new', message: `npm: ${name} will be a new package of ${username}` }]
  }
  if (doc === undefined) {
    return [{ severity: 'warning', code: 'npm-unknown', message: `npm: the registry answered ${status} for ${name}` }]
  }
  const found = isBurnt(doc, settings.version) ? [burnt(name, settings.version)] : []
  const people = await registry.collaborators(name)
  const rights = people.body?.[username]
  if (people.body !== undefined && !(rights ?? '').includes('write')) {
    found.push({
      severity: 'error',
      code: 'npm-owner',
      message: `npm: ${name} belongs to ${Object.keys(people.body).join(', ') || 'others'}; ${username} may not publish it`,
      mend: `use the token of a maintainer in ${settings.tokenEnv}, or another name`,
    })
  }
  const visible = await registry.visibility(name)
  if (visible.body !== undefined && visible.body.public !== (settings.access === 'public')) {
    const now = visible.body.public ? 'public' : 'restricted'
    found.push({
      severity: 'warning',
      code: 'npm-access',
      message: `npm: ${name} is ${now}, npms[].access says ${settings.access}; publishing does not change that`,
      mend: `npm access set status=${settings.access === 'public' ? 'public' : 'private'} ${name}`,
    })
  }
  return found
}
