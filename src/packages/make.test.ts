import { createHash, generateKeyPairSync, verify } from 'node:crypto'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { findTool } from '../builders/tools.ts'
import { TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { packAll } from './testing/pack.ts'
import { tool } from './testing/read.ts'

const config = (more = '', formats = 'deb, rpm, apk, archlinux, ipk'): string => `version: 2
project_name: hello
builds: [{ goos: [linux], goarch: [amd64] }]
nfpms:
  - formats: [${formats}]
    maintainer: Ann <ann@example.org>
${more}`

const CONTENTS =
  '    contents: [{ src: share, dst: /usr/share/hello, type: tree }, { src: "etc/*", dst: /etc/hello/ }]\n'
const TREE = { 'share/a/b.txt': 'b\n', 'share/c': '->a/b.txt', 'etc/1': '1\n', 'etc/2': '!2\n' }

test('two folders with another umask, time and order give equal bytes', async () => {
  await using one = await tempFolder('one')
  await using two = await tempFolder('another-name')
  const first = await packAll(one.path, config(CONTENTS), TREE)
  const backwards = Object.fromEntries(Object.entries(TREE).reverse())
  await packAll(two.path, config(CONTENTS), backwards)
  await chmod(join(two.path, 'share/a/b.txt'), 0o660)
  await chmod(join(two.path, 'etc/2'), 0o700)
  await chmod(join(two.path, 'share/a'), 0o700)
  const second = await packAll(two.path, config(CONTENTS), {})
  expect(first.made.map(({ name, sha256 }) => [name, sha256])).toEqual(
    second.made.map(({ name, sha256 }) => [name, sha256]),
  )
  expect(first.made).toHaveLength(5)
})

test('an artifact tells its programs and files, with the digest of what stands on the disk', async () => {
  await using folder = await tempFolder('facts')
  const { made } = await packAll(folder.path, config(CONTENTS, 'deb'), TREE)
  const [artifact] = made
  const bytes = await readFile(join(folder.path, artifact?.path ?? ''))
  expect(artifact).toMatchObject({
    name: 'hello_1.2.3_linux_amd64.deb',
    kind: 'package',
    id: 'default',
    format: 'deb',
    path: 'dist/hello_1.2.3_linux_amd64.deb',
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    binaries: [{ name: 'hello', path: 'usr/bin/hello', mode: '0755' }],
    files: ['etc/hello/1', 'etc/hello/2', 'usr/share/hello/a/b.txt', 'usr/share/hello/c'],
  })
})

describe('what cannot be packed is told, and nothing stays', () => {
  const cases: Record<string, [more: string, message: RegExp]> = {
    'a file that is not there': ['    contents: [{ src: nowhere, dst: /a }]\n', /no file matches nowhere/],
    'a pattern without a match': ['    contents: [{ src: "nowhere/*", dst: /a }]\n', /no file matches nowhere\/\*/],
    'a tree that is not there': ['    contents: [{ src: nowhere, dst: /a, type: tree }]\n', /nowhere does not exist/],
    'two files at one path': [
      '    contents: [{ src: etc/1, dst: /a }, { src: etc/2, dst: /a }]\n',
      /hello_1.2.3_linux_amd64.deb would hold \/a twice/,
    ],
    'a file where a folder must be': [
      '    contents: [{ src: etc/1, dst: /a }, { src: etc/2, dst: /a/b }]\n',
      /would hold \/a twice/,
    ],
    'a program where another file is': [
      '    contents: [{ src: etc/1, dst: /usr/bin/hello }]\n',
      /\/usr\/bin\/hello twice/,
    ],
    'a path that leaves the project by a link': [
      '    contents: [{ src: away/secret, dst: /a }]\n',
      /leaves the folder/,
    ],
    'an absolute path elsewhere': ['    contents: [{ src: /etc/hostname, dst: /a }]\n', /leaves the folder/],
    'a script that is not there': ['    scripts: { preinstall: nowhere.sh }\n', /the script nowhere.sh \(preinstall\)/],
    'a changelog that is none': ['    changelog: etc/1\n', /etc\/1: .*(array|changelog)/],
    'a changelog without dates': ['    changelog: log.yml\n', /log.yml: soon is no date/],
    'a key that is none': ['    deb: { signature: { key_file: etc/1 } }\n', /the key etc\/1 does not sign/],
  }
  test.each(Object.entries(cases))('%s', async (_, [more, message]) => {
    await using outer = await tempFolder('bad')
    const root = join(outer.path, 'project')
    await mkdir(join(outer.path, 'elsewhere'))
    await writeFile(join(outer.path, 'elsewhere/secret'), 'secret')
    await mkdir(root)
    await symlink('../elsewhere', join(root, 'away'))
    const tree = { ...TREE, 'log.yml': '- { semver: 1.2.3, date: soon }\n' }
    const failure = await packAll(root, config(more, 'deb'), tree).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TagonceError)
    expect((failure as Error).message).toMatch(message)
    expect((await run(['find', join(root, 'dist'), '-name', '*.deb*'])).stdout).toBe('')
  })
})

const PASSPHRASE = 'correct horse battery'
const gpg = ['gpg', 'gpgconf'].every((name) => findTool(name, process.env, '.') !== undefined)
if (!gpg) console.log('skipped: no gpg on the PATH; OpenPGP signatures are not made')

/** A key of its own with a passphrase, as an armoured file, and a ring that knows it. */
async function pgpKey(folder: string): Promise<{ home: string; secret: string; publicKey: string }> {
  const home = join(folder, 'gpg')
  await mkdir(home, { mode: 0o700 })
  const args = ['gpg', '--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', PASSPHRASE]
  await tool([...args, '--quick-generate-key', 'Ann <ann@example.org>', 'rsa2048', 'sign', 'never'])
  const secret = await tool([...args, '--armor', '--export-secret-keys'])
  const publicKey = await tool([...args, '--armor', '--export'])
  await run(['gpgconf', '--homedir', home, '--kill', 'gpg-agent'])
  return { home, secret, publicKey }
}

describe.skipIf(!gpg)('signatures of OpenPGP', { timeout: 60_000 }, () => {
  test('of a deb are those of debsigs; a wrong passphrase signs nothing', async () => {
    await using folder = await tempFolder('sign')
    const { home, secret } = await pgpKey(folder.path)
    const root = join(folder.path, 'project')
    const more = '    deb: { signature: { key_file: key.asc, type: maint } }\n'
    const { made } = await packAll(
      root,
      config(more, 'deb'),
      { 'key.asc': secret },
      { NFPM_DEFAULT_DEB_PASSPHRASE: PASSPHRASE },
    )
    const path = join(root, made[0]?.path ?? '')
    const out = join(folder.path, 'out')
    await mkdir(out)
    await tool(['ar', 'x', path, '--output', out])
    const parts = ['debian-binary', 'control.tar.gz', 'data.tar.gz'].map((name) => readFile(join(out, name)))
    const signed = join(folder.path, 'signed')
    await writeFile(signed, Buffer.concat(await Promise.all(parts)))
    const check = await run(['gpg', '--homedir', home, '--verify', join(out, '_gpgmaint'), signed])
    expect(`${check.code} ${check.stderr}`).toMatch(/^0 [^]*Good signature from "Ann <ann@example.org>"/)
    expect(await tool(['dpkg-deb', '-f', path, 'Package'])).toBe('hello\n')
    const again = await packAll(root, config(more, 'deb'), {}, { NFPM_PASSPHRASE: PASSPHRASE })
    expect(again.made[0]?.sha256).toBe(made[0]?.sha256)
    const wrong = packAll(root, config(more, 'deb'), {}, { NFPM_PASSPHRASE: 'another phrase' })
    await expect(wrong).rejects.toThrow('the key key.asc does not sign')
  })

  test.skipIf(findTool('rpmkeys', process.env, '.') === undefined)('of an rpm are accepted by rpm', async () => {
    await using folder = await tempFolder('sign')
    const { secret, publicKey } = await pgpKey(folder.path)
    const root = join(folder.path, 'project')
    const more = '    rpm: { signature: { key_file: key.asc } }\n'
    const { made } = await packAll(root, config(more, 'rpm'), { 'key.asc': secret }, { NFPM_PASSPHRASE: PASSPHRASE })
    const database = join(folder.path, 'db')
    await mkdir(database)
    await writeFile(join(folder.path, 'public.asc'), publicKey)
    const keys = (...args: string[]): Promise<string> => tool(['rpmkeys', '--dbpath', database, ...args])
    await keys('--import', join(folder.path, 'public.asc'))
    const path = join(root, made[0]?.path ?? '')
    expect(await keys('--checksig', path)).toMatch(/: digests signatures OK\n$/)
    expect(await keys('-v', '--checksig', path)).toMatch(/Header V4 RSA\/SHA256 Signature, key ID \w+: OK/)
  })
})

test('the signature of an apk is RSA over the SHA-1 of its control part', async () => {
  await using folder = await tempFolder('sign')
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE })
    .toString()
  const more = '    apk: { signature: { key_file: key.pem } }\n'
  const { made } = await packAll(
    folder.path,
    config(more, 'apk'),
    { 'key.pem': pem },
    { NFPM_DEFAULT_PASSPHRASE: PASSPHRASE },
  )
  const bytes = await readFile(join(folder.path, made[0]?.path ?? ''))
  const starts = [...bytes.keys()].filter((at) => bytes.readUIntBE(at, Math.min(4, bytes.length - at)) === 0x1f8b0800)
  expect(starts).toHaveLength(3)
  const [signature, control] = starts.map((at, index) => bytes.subarray(at, starts[index + 1]))
  const part = gunzipSync(signature ?? '')
  expect(part.toString('latin1', 0, 100).replaceAll('\0', '')).toBe('.SIGN.RSA.ann@example.org.rsa.pub')
  const size = Number.parseInt(part.toString('latin1', 124, 135), 8)
  expect(verify('sha1', control ?? Buffer.alloc(0), publicKey, part.subarray(512, 512 + size))).toBe(true)
  const info = gunzipSync(control ?? '').toString('latin1')
  const digest = createHash('sha256').update(bytes.subarray(starts[2])).digest('hex')
  expect(info).toContain(`\ndatahash = ${digest}\n`)
})
