import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { DOCKER_HUB } from '../../external/oci-registry.ts'
import { loginFor } from './login.ts'
import { channel, localHttp } from './testing/release.ts'

afterEach(() => vi.unstubAllEnvs())

const base64 = (text: string): string => Buffer.from(text).toString('base64')

/** A config.json, and a helper on the PATH that knows one registry. */
async function withConfig(folder: string, config: unknown): Promise<Record<string, string>> {
  await mkdir(join(folder, '.docker'), { recursive: true })
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  await writeFile(join(folder, '.docker', 'config.json'), text)
  const helper = join(folder, 'docker-credential-made')
  const script = `#!/bin/sh
[ "$1" = get ] || exit 9
read -r host
case "$host" in
  ghcr.io|https://index.docker.io/v1/) printf '{"ServerURL":"%s","Username":"ann","Secret":"of-helper"}' "$host";;
  broken.example) echo 'the keychain is locked'; exit 1;;
  *) echo 'credentials not found in native keychain'; exit 1;;
esac
`
  await writeFile(helper, script)
  await chmod(helper, 0o755)
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`)
  return { HOME: folder }
}

test.skipIf(process.platform === 'win32').each([
  ['auth', { auths: { 'ghcr.io': { auth: base64('bo:a:b') } } }, 'ghcr.io', 'bo a:b'],
  [
    'user and password',
    { auths: { 'https://ghcr.io': { username: 'bo', password: 'secret' } } },
    'ghcr.io',
    'bo secret',
  ],
  [
    'a token of identity',
    { auths: { 'ghcr.io': { auth: base64('00:'), identitytoken: 'itoken' } } },
    'ghcr.io',
    '<token> itoken',
  ],
  [
    'Docker Hub by its old name',
    { auths: { 'https://index.docker.io/v1/': { auth: base64('bo:hub') } } },
    DOCKER_HUB,
    'bo hub',
  ],
  ['a helper of one registry', { credHelpers: { 'ghcr.io': 'made' } }, 'ghcr.io', 'ann of-helper'],
  ['a store for all', { credsStore: 'made' }, DOCKER_HUB, 'ann of-helper'],
  [
    'a helper before auth',
    { auths: { 'ghcr.io': { auth: base64('bo:x') } }, credHelpers: { 'ghcr.io': 'made' } },
    'ghcr.io',
    'ann of-helper',
  ],
  ['an empty entry leads to the store', { auths: { 'ghcr.io': {} }, credsStore: 'made' }, 'ghcr.io', 'ann of-helper'],
  ['a helper that knows nothing', { credsStore: 'made' }, 'quay.io', 'none'],
  ['another registry', { auths: { 'ghcr.io': { auth: base64('bo:x') } } }, 'quay.io', 'none'],
  [
    'a helper that fails',
    { credHelpers: { 'broken.example': 'made' } },
    'broken.example',
    'docker-credential-made gives no login for broken.example: the keychain is locked',
  ],
  ['a name that is no helper', { credsStore: '../made' }, 'ghcr.io', '"../made" is no credential helper'],
  ['a helper that is not there', { credsStore: 'nowhere' }, 'ghcr.io', 'docker-credential-nowhere is not on the PATH'],
])('config.json: %s', async (_, config, host, want) => {
  await using folder = await tempFolder('login')
  const io = await channel(localHttp(), folder.path, await withConfig(folder.path, config))
  const told = await loginFor(host, io).then(
    (login) => (login === undefined ? 'none' : `${login.username} ${login.password}`),
    (error: Error) => error.message,
  )
  expect(told).toBe(want)
})

test('a config.json that is none is told; DOCKER_AUTH_CONFIG goes before it, and variables after it', async () => {
  await using folder = await tempFolder('login')
  const env = await withConfig(folder.path, '{')
  const io = (more: Record<string, string>) => channel(localHttp(), folder.path, { ...env, ...more })
  await expect(loginFor('ghcr.io', await io({}))).rejects.toThrow(/config\.json is no JSON/)
  const text = JSON.stringify({ auths: { 'ghcr.io': { auth: base64('cy:first') } } })
  expect((await loginFor('ghcr.io', await io({ DOCKER_AUTH_CONFIG: text })))?.password).toBe('first')
  await withConfig(folder.path, { auths: {} })
  expect((await loginFor('ghcr.io', await io({ GITHUB_TOKEN: 'ghp_last' })))?.password).toBe('ghp_last')
})
