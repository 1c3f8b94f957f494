import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { keepSecret } from '../../core/secrets.ts'
import { DOCKER_HUB } from '../../external/oci-registry.ts'
import { run } from '../../external/process.ts'
import type { ChannelIO } from '../spoke.ts'

export interface Login {
  username: string
  password: string
}

/** What `docker login` writes (https://docs.docker.com/reference/cli/docker/login/#credential-stores). */
interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string; identitytoken?: string }>
  credsStore?: string
  credHelpers?: Record<string, string>
}

const HUB_KEYS = ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io', 'registry-1.docker.io']

/** Variables that hold a login, for registries that people log in to with them in CI. */
const VARIABLES: Record<string, [user: string[], password: string[], fallback: string]> = {
  [DOCKER_HUB]: [
    ['DOCKER_USERNAME', 'DOCKERHUB_USERNAME'],
    ['DOCKER_PASSWORD', 'DOCKER_TOKEN', 'DOCKERHUB_TOKEN', 'DOCKERHUB_PASSWORD'],
    '',
  ],
  'ghcr.io': [['GHCR_USERNAME', 'GITHUB_ACTOR'], ['GHCR_TOKEN', 'GITHUB_TOKEN'], 'x-access-token'],
  'quay.io': [['QUAY_USERNAME'], ['QUAY_PASSWORD', 'QUAY_TOKEN'], ''],
  'registry.gitlab.com': [['CI_REGISTRY_USER'], ['CI_REGISTRY_PASSWORD'], ''],
}

/**
 * The login for a registry: what `docker login` left (`~/.docker/config.json`, credential helpers too), then variables of the
 * environment. Undefined where there is none: reading may still be allowed.
 */
export async function loginFor(host: string, io: ChannelIO): Promise<Login | undefined> {
  const found = (await fromDocker(host, io)) ?? fromVariables(host, io)
  if (found !== undefined) keepSecret(found.password)
  return found
}

/** Names of the variables that a login for a host may stand in: of user and password, the first to be named is the usual one. */
export function loginVariables(host: string): [user: string[], password: string[], fallback: string] {
  const word = host.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')
  return VARIABLES[host] ?? [[`${word}_USERNAME`], [`${word}_PASSWORD`], '']
}

function fromVariables(host: string, { credentials }: ChannelIO): Login | undefined {
  const [users, passwords, fallback] = loginVariables(host)
  const password = passwords.find((name) => credentials.has(name))
  if (password === undefined) return undefined
  const user = users.find((name) => credentials.has(name))
  const username = user === undefined ? fallback : (credentials.plain?.(user) ?? '') || credentials.get(user)
  return username === '' ? undefined : { username, password: credentials.get(password) }
}

async function fromDocker(host: string, io: ChannelIO): Promise<Login | undefined> {
  const { credentials } = io
  if (credentials.has('DOCKER_AUTH_CONFIG')) {
    return fromConfig(parsed(credentials.get('DOCKER_AUTH_CONFIG'), 'DOCKER_AUTH_CONFIG'), host, io)
  }
  const home = credentials.plain?.('HOME') || credentials.plain?.('USERPROFILE') || ''
  const folder = credentials.plain?.('DOCKER_CONFIG') || (home === '' ? '' : join(home, '.docker'))
  if (folder === '') return undefined
  const path = join(folder, 'config.json')
  const text = await readFile(path, 'utf8').catch(() => '')
  if (text.trim() === '') return undefined
  return fromConfig(parsed(text, path), host, io)
}

async function fromConfig(config: DockerConfig, host: string, io: ChannelIO): Promise<Login | undefined> {
  const keys = host === DOCKER_HUB ? HUB_KEYS : [host, `https://${host}`, `https://${host}/v1/`, `https://${host}/v2/`]
  const helperKey = keys.find((key) => config.credHelpers?.[key] !== undefined)
  if (helperKey !== undefined) return helped(config.credHelpers?.[helperKey] ?? '', helperKey, io)
  for (const key of keys) {
    const auth = config.auths?.[key]
    if (auth === undefined) continue
    const told = plainLogin(auth)
    if (told !== undefined) return told
    if (config.credsStore !== undefined) return helped(config.credsStore, key, io)
  }
  if (config.credsStore === undefined) return undefined
  return helped(config.credsStore, keys[0] ?? host, io)
}

function parsed(text: string, path: string): DockerConfig {
  try {
    return JSON.parse(text) as DockerConfig
  } catch (cause) {
    throw new TagonceError('credentials', `${path} is no JSON`, {
      hint: 'mend it, or log in again: docker login',
      cause,
    })
  }
}

function plainLogin({
  auth,
  username,
  password,
  identitytoken,
}: NonNullable<DockerConfig['auths']>[string]): Login | undefined {
  const [user = '', secret = ''] = auth === undefined ? [] : Buffer.from(auth, 'base64').toString().split(/:(.*)/s)
  if (identitytoken !== undefined && identitytoken !== '') return { username: '<token>', password: identitytoken }
  const name = username || user
  const word = password || secret
  return name === '' || word === '' ? undefined : { username: name, password: word }
}

/** Asks `docker-credential-<name>` (https://github.com/docker/docker-credential-helpers). */
async function helped(name: string, key: string, io: ChannelIO): Promise<Login | undefined> {
  if (!/^[\w.-]+$/.test(name)) throw new TagonceError('credentials', `${JSON.stringify(name)} is no credential helper`)
  const answer = await run([`docker-credential-${name}`, 'get'], {
    input: `${key}\n`,
    signal: io.signal,
    timeout: 30_000,
  })
  if (answer.code !== 0) {
    // It says so on stdout, whatever went wrong.
    if (/credentials not found/i.test(answer.stdout + answer.stderr)) return undefined
    throw new TagonceError(
      'credentials',
      `docker-credential-${name} gives no login for ${key}: ${(answer.stdout || answer.stderr).trim().slice(0, 200)}`,
    )
  }
  const { Username = '', Secret = '' } = JSON.parse(answer.stdout) as { Username?: string; Secret?: string }
  return Secret === '' ? undefined : { username: Username, password: Secret }
}
