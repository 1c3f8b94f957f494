import type { Diagnostic } from '../../core/errors.ts'
import { pypiTokenFacts } from '../../external/pypi-token.ts'
import type { ChannelIO } from '../spoke.ts'
import { probeAttestations } from './attestations.ts'
import { reader } from './index-client.ts'
import { isStdlibName, normalName } from './name.ts'
import type { PypiSettings } from './settings.ts'
import { probeTrusted } from './trusted.ts'

/** Reads only: what stands in the token (no request of PyPI checks one), and what the index shows of the project. */
export async function probeSettings(settings: PypiSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const [credentials, attestations, project] = await Promise.all([
    settings.trusted ? probeTrusted(settings, io) : probeToken(settings, io),
    probeAttestations(settings, io),
    probeProject(settings, io),
  ])
  return [...credentials, ...attestations, ...project]
}

function probeToken(settings: PypiSettings, io: ChannelIO): Diagnostic[] {
  const { index, tokenEnv, username, name } = settings
  if (index.kind === 'other' || username !== '__token__') return []
  const say = (severity: 'error' | 'warning', message: string, mend: string): Diagnostic[] => [
    { severity, code: 'pypi-token', message: `pypi ${name}: ${message}`, mend },
  ]
  const host = new URL(index.simple).host
  const make = `make one at https://${host}/manage/account/token/`
  const token = io.credentials.get(tokenEnv).trim()
  const facts = pypiTokenFacts(token)
  // What a rehearsal makes up is no macaroon, and no reason to stop.
  if (facts === undefined) {
    if (token.startsWith('pypi-')) return say('error', `the token in ${tokenEnv} is cut short or damaged`, make)
    return []
  }
  if (facts.index !== host)
    return say('error', `the token in ${tokenEnv} is one of ${facts.index}, not of ${host}`, make)
  if (facts.expires !== undefined && facts.expires * 1000 <= io.clock().getTime()) {
    const day = new Date(facts.expires * 1000).toISOString().slice(0, 10)
    return say('error', `the token in ${tokenEnv} has expired on ${day}`, make)
  }
  if (facts.projects !== undefined && !facts.projects.includes(normalName(name))) {
    const message = `the token in ${tokenEnv} is for ${facts.projects.join(', ')}, not for ${normalName(name)}`
    return say('error', message, `${make}, for this project or for the whole account`)
  }
  return []
}

async function probeProject(settings: PypiSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const { name, index, trusted } = settings
  const { status, body } = await reader(settings, io).project(normalName(name))
  const say = (severity: Diagnostic['severity'], code: string, message: string, mend?: string): Diagnostic[] => [
    { severity, code: `pypi-${code}`, message: `pypi ${name}: ${message}`, ...(mend === undefined ? {} : { mend }) },
  ]
  if (status === 404) {
    if (index.kind !== 'other' && isStdlibName(name)) {
      return say('error', 'name', "PyPI keeps the names of Python's own modules", 'choose another: pypis[].name')
    }
    const how = trusted ? ', if a pending publisher waits for it' : ''
    return say('info', 'new', `it will be a new project${how}`)
  }
  if (status === 401 || status === 403) {
    return say('error', 'token', `the index answered ${status}`, `look at ${settings.tokenEnv} and pypis[].username`)
  }
  if (body === undefined) return say('warning', 'unknown', `the index answered ${status}`)
  if (body.status === 'archived') {
    return say('error', 'archived', 'the project is archived, and takes no files', 'unarchive it in its settings')
  }
  if (body.status === 'quarantined') {
    return say('error', 'quarantined', 'the project is in quarantine', 'wait for the mail of PyPI, or answer it')
  }
  return []
}
