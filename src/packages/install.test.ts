import { mkdir, readFile, stat, writeFile, appendFile, chmod } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findTool } from '../builders/tools.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { packAll } from './testing/pack.ts'
import { tool } from './testing/read.ts'

/** Whether all of these are there; a line says what is not. */
function has(...names: string[]): boolean {
  const missing = names.filter((name) => findTool(name, process.env, '.') === undefined)
  if (missing.length > 0) console.log(`skipped: no ${missing.join(', ')} on the PATH`)
  return missing.length === 0
}
// Package managers refuse to install for others than root.
const isRoot = process.getuid?.() === 0
if (!isRoot) console.log('skipped: installing packages needs root')

const COPYRIGHT = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2026 Ann <ann@example.org>
License: MIT
 Permission is hereby granted.
`
const TREE = {
  'etc/hello.conf': 'loud = true\n',
  copyright: COPYRIGHT,
  'pre.sh': '!#!/bin/sh\nset -e\nexit 0\n',
  'post.sh': '!#!/bin/sh\nset -e\necho installed > "${DPKG_ROOT:-}/etc/hello.done"\n',
  'changelog.yml':
    '- semver: 1.2.3\n  date: 2026-01-02T03:04:05Z\n  packager: Ann <ann@example.org>\n  deb: { urgency: low, distributions: [unstable] }\n  changes: [{ note: Says hello }]\n',
}
const config = (formats: string, more = ''): string => `version: 2
project_name: hello
builds: [{ goos: [linux], goarch: [amd64] }]
nfpms:
  - formats: [${formats}]
    maintainer: Ann <ann@example.org>
    description: |
      command that says hello
      It says hello to all who are there, and to some who are not.
    homepage: https://example.org/hello
    license: MIT
    section: utils
    release: "1"
    changelog: changelog.yml
    contents:
      - { src: etc/hello.conf, dst: /etc/hello.conf, type: "config|noreplace" }
      - { src: copyright, dst: /usr/share/doc/hello/copyright }
      - { src: hello, dst: /usr/bin/hi, type: symlink }
      - { dst: /var/lib/hello, type: dir, file_info: { mode: 0o700 } }
${more}`

test.skipIf(!has('lintian'))('lintian finds no error in a good package', { timeout: 120_000 }, async () => {
  await using folder = await tempFolder('lintian')
  const lintian = `    deb: { lintian_overrides: [no-manual-page] }
`
  const { made } = await packAll(folder.path, config('deb', lintian), TREE)
  const found = await run(['lintian', '--allow-root', '--fail-on', 'error', join(folder.path, made[0]?.path ?? '')])
  expect(
    `${found.code}\n${found.stdout
      .split('\n')
      .filter((line) => line.startsWith('E:'))
      .join('\n')}`,
  ).toBe('0\n')
})

test.skipIf(!has('dpkg') || !isRoot)(
  'dpkg installs, keeps a changed config, and removes',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('dpkg')
    const scripts = '    scripts: { preinstall: pre.sh, postinstall: post.sh }\n    deb: { compression: zstd }\n'
    const { made } = await packAll(folder.path, config('deb', scripts), TREE)
    const root = join(folder.path, 'system')
    await mkdir(join(root, 'var/lib/dpkg/info'), { recursive: true })
    await mkdir(join(root, 'var/lib/dpkg/updates'))
    for (const name of ['status', 'available']) await writeFile(join(root, 'var/lib/dpkg', name), '')
    const dpkg = (...args: string[]): Promise<string> =>
      tool(['dpkg', `--root=${root}`, '--force-not-root,script-chrootless,architecture', '--force-confold', ...args])
    const path = join(folder.path, made[0]?.path ?? '')
    await dpkg('--install', path)
    expect(await tool([join(root, 'usr/bin/hello')])).toBe('hello\n')
    expect(await readFile(join(root, 'etc/hello.done'), 'utf8')).toBe('installed\n')
    expect((await stat(join(root, 'var/lib/hello'))).mode & 0o7777).toBe(0o700)
    expect(await dpkg('--verify', 'hello')).toBe('')
    await appendFile(join(root, 'etc/hello.conf'), 'mine\n')
    await dpkg('--install', path)
    expect(await readFile(join(root, 'etc/hello.conf'), 'utf8')).toBe('loud = true\nmine\n')
    await dpkg('--remove', 'hello')
    await expect(stat(join(root, 'usr/bin/hello'))).rejects.toThrow('ENOENT')
    expect(await readFile(join(root, 'etc/hello.conf'), 'utf8')).toContain('mine')
  },
)

const compressions = ['gzip', 'zstd', 'xz']
test.skipIf(!has('rpm') || !isRoot).each(compressions)(
  'rpm installs, verifies, erases: %s',
  { timeout: 60_000 },
  async (word) => {
    await using folder = await tempFolder('rpm')
    const { made } = await packAll(folder.path, config('rpm', `    rpm: { compression: ${word} }\n`), TREE)
    const path = join(folder.path, made[0]?.path ?? '')
    expect(await tool(['rpm', '-K', '--nosignature', path])).toMatch(/: digests OK\n$/)
    const root = join(folder.path, 'system')
    const rpm = (...args: string[]): Promise<string> => tool(['rpm', '--root', root, ...args])
    await mkdir(root)
    await rpm('--initdb')
    await rpm('-i', '--nosignature', '--ignorearch', path)
    expect(await rpm('-V', 'hello')).toBe('')
    expect(await tool([join(root, 'usr/bin/hi')])).toBe('hello\n')
    expect(await rpm('-q', '--changelog', 'hello')).toContain(
      '* Fri Jan 02 2026 Ann <ann@example.org> - 1.2.3\n- Says hello',
    )
    expect(await rpm('-qc', 'hello')).toBe('/etc/hello.conf\n')
    await chmod(join(root, 'usr/bin/hello'), 0o700)
    const verified = await run(['rpm', '--root', root, '-V', 'hello'])
    expect(verified.stdout).toMatch(/^\.M\.{7}.* \/usr\/bin\/hello\n$/)
    await rpm('-e', 'hello')
    await expect(stat(join(root, 'usr/bin/hello'))).rejects.toThrow('ENOENT')
  },
)

test.skipIf(!has('dnf', 'createrepo_c') || !isRoot)(
  'dnf installs from a repository',
  { timeout: 120_000 },
  async () => {
    await using folder = await tempFolder('dnf')
    const { made } = await packAll(folder.path, config('rpm'), TREE)
    const repository = join(folder.path, 'repository')
    await mkdir(repository)
    await writeFile(join(repository, 'hello.rpm'), await readFile(join(folder.path, made[0]?.path ?? '')))
    await tool(['createrepo_c', '--quiet', repository])
    await using server = createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://localhost').pathname
      readFile(join(repository, name)).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      )
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const root = join(folder.path, 'system')
    const options = [
      '--setopt=gpgcheck=0',
      '--setopt=reposdir=/nonexistent',
      `--setopt=cachedir=${folder.path}/cache`,
      '--forcearch=x86_64',
    ]
    const repo = [`--repofrompath=loopback,http://127.0.0.1:${port}/`, '--repo', 'loopback', '--releasever=1']
    await tool(['dnf', '-y', '--installroot', root, ...repo, ...options, 'install', 'hello'])
    expect(await tool([join(root, 'usr/bin/hello')])).toBe('hello\n')
  },
)

test.skipIf(!has('pacman', 'bsdtar') || !isRoot)(
  'pacman installs, checks and removes',
  { timeout: 60_000 },
  async () => {
    await using folder = await tempFolder('pacman')
    const scripts = '    scripts: { preinstall: pre.sh }\n'
    const { made } = await packAll(folder.path, config('archlinux', scripts), TREE)
    const path = join(folder.path, made[0]?.path ?? '')
    const root = join(folder.path, 'system')
    for (const one of ['var/lib/pacman', 'var/cache', 'var/log', 'etc'])
      await mkdir(join(root, one), { recursive: true })
    const settings = join(folder.path, 'pacman.conf')
    await writeFile(settings, '[options]\nArchitecture = x86_64\nSigLevel = Never\n')
    const words = [
      '--root',
      root,
      '--config',
      settings,
      '--noconfirm',
      '--cachedir',
      join(root, 'var/cache'),
      '--hookdir',
      root,
    ]
    const pacman = (...args: string[]): Promise<string> => tool(['pacman', ...words, ...args])
    await pacman('--noscriptlet', '-U', path)
    expect(await tool([join(root, 'usr/bin/hello')])).toBe('hello\n')
    expect(await pacman('-Qkk', 'hello')).toMatch(/hello: \d+ total files, 0 altered files\n/)
    expect(await pacman('-Qii', 'hello')).toMatch(
      /Version +: 1\.2\.3-1\n[^]*Install Script +: Yes[^]*\/etc\/hello\.conf/,
    )
    await appendFile(join(root, 'usr/bin/hello'), '#')
    expect((await run(['pacman', ...words, '-Qkk', 'hello'])).stdout).toContain('1 altered file')
    await pacman('--noscriptlet', '-R', 'hello')
    await expect(stat(join(root, 'usr/bin/hello'))).rejects.toThrow('ENOENT')
  },
)
