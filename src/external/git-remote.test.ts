import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { openRemote, type GitRemote, type Signing } from './git-remote.ts'
import { refusal } from './git-refusal.ts'
import { routeOfGit } from './git-route.ts'
import { createHttp } from './http.ts'
import { run } from './process.ts'
import { KEY_PATH, sshCommandFor } from './ssh-key.ts'

const signal = new AbortController().signal
const http = createHttp({ routes: {}, signal, events: new Events(), userAgent: 'tagonce/test' })

async function must(argv: string[], env: Record<string, string | undefined> = process.env): Promise<string> {
  const { code, stdout, stderr } = await run(argv, { env })
  if (code !== 0) throw new Error(stderr)
  return stdout
}

async function bare(folder: string): Promise<string> {
  const path = join(folder, 'tap.git')
  await must(['git', 'init', '-q', '--bare', '-b', 'main', path])
  return path
}

async function has(...argv: string[]): Promise<boolean> {
  const found = await run(argv, { timeout: 20_000 }).then(
    () => true,
    () => false,
  )
  if (!found) console.warn(`skipped: no ${argv[0] ?? ''} on this machine`)
  return found
}
const [keygen, gpg] = await Promise.all([has('ssh-keygen', '-?'), has('gpg', '--version')])

const ann = { name: 'Ann', email: 'ann@acme.example' }
const files = [{ path: 'a/b.txt', content: 'b' }]

async function commitTo(remote: GitRemote, signing: Signing | null): Promise<string> {
  const { commit } = await remote.head('main')
  const made = await remote.commit(commit, files, { message: 'one\n', author: ann, signing })
  expect(await remote.push(made, 'main')).toBe('pushed')
  return made
}

describe('a remote repository', () => {
  it('that is empty gets its first commit; what is fetched later has it', async () => {
    await using folder = await tempFolder('remote-test')
    const url = await bare(folder.path)
    await using remote = await openRemote({ url, sshCommand: '', key: '' }, http, signal)
    expect(await remote.head('')).toEqual({ branch: 'main', commit: null, exists: false })
    const commit = await commitTo(remote, null)
    await using again = await openRemote({ url, sshCommand: '', key: '' }, http, signal)
    expect(await again.head('')).toEqual({ branch: 'main', commit, exists: true })
    expect(await again.text(commit, 'a/b.txt')).toBe('b')
    expect(await again.text(commit, 'a/c.txt')).toBeNull()
  })

  it('gets no path that leaves it', async () => {
    await using folder = await tempFolder('remote-test')
    await using remote = await openRemote({ url: await bare(folder.path), sshCommand: '', key: '' }, http, signal)
    for (const path of ['../x', '.git/config', '/x', 'a\nb']) {
      const made = remote.commit(null, [{ path, content: 'x' }], { message: 'x', author: ann, signing: null })
      await expect(made).rejects.toThrow('is no path in a repository')
    }
  })

  it('that is not there is told, once', async () => {
    await using remote = await openRemote({ url: '/nowhere/tap.git', sshCommand: '', key: '' }, http, signal)
    await expect(remote.head('')).rejects.toMatchObject({ code: 'credentials' })
  })
})

describe('a signed commit', () => {
  it.skipIf(!keygen)('by a key of ssh is verified by git', async () => {
    await using folder = await tempFolder('signed')
    const key = join(folder.path, 'id')
    await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key])
    const url = await bare(folder.path)
    await using remote = await openRemote({ url, sshCommand: '', key: '' }, http, signal)
    const signing = { key, program: '', format: 'ssh' }
    expect(await remote.signs(signing)).toBeNull()
    const commit = await commitTo(remote, signing)
    const allowed = join(folder.path, 'allowed')
    await writeFile(allowed, `ann@acme.example ${await readFile(`${key}.pub`, 'utf8')}`)
    const verify = ['git', '--git-dir', url, '-c', `gpg.ssh.allowedSignersFile=${allowed}`, 'verify-commit', commit]
    const { code, stderr } = await run(verify)
    expect([code, stderr]).toEqual([0, expect.stringContaining('Good "git" signature for ann@acme.example')])
    expect(await remote.signs({ ...signing, key: '/nowhere' })).toContain('/nowhere')
  })

  it.skipIf(!gpg)('by a key of gpg is verified by git, with the program that is named', async () => {
    await using folder = await tempFolder('signed')
    const home = join(folder.path, 'gnupg')
    await mkdir(home, { mode: 0o700 })
    const env = { ...process.env, GNUPGHOME: home }
    await must(
      ['gpg', '--batch', '--quiet', '--passphrase', '', '--quick-gen-key', 'Ann <ann@acme.example>', 'ed25519'],
      env,
    )
    const program = join(folder.path, 'my-gpg')
    await writeFile(program, `#!/bin/sh\nGNUPGHOME='${home}' exec gpg "$@"\n`)
    await chmod(program, 0o755)
    const url = await bare(folder.path)
    await using remote = await openRemote({ url, sshCommand: '', key: '' }, http, signal)
    const commit = await commitTo(remote, { key: 'ann@acme.example', program, format: 'openpgp' })
    const { code, stderr } = await run(['git', '--git-dir', url, 'verify-commit', commit], { env })
    expect([code, stderr]).toEqual([0, expect.stringContaining('Good signature from "Ann <ann@acme.example>"')])
    await run(['gpgconf', '--kill', 'all'], { env })
  })
})

describe('the command for ssh', () => {
  const aur = 'ssh://aur@aur.archlinux.org/hello-bin.git'

  it.skipIf(!keygen)('has the key in a private file, with its last newline, and the host keys of the AUR', async () => {
    await using folder = await tempFolder('ssh')
    const file = join(folder.path, 'id')
    await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file])
    const key = (await readFile(file, 'utf8')).trimEnd().replaceAll('\n', '\r\n')
    const command = await sshCommandFor({ url: aur, sshCommand: '', key }, folder.path)
    expect(command).toContain(`-i "${join(folder.path, 'key')}" -o IdentitiesOnly=yes`)
    expect(command).toContain('StrictHostKeyChecking=yes')
    expect((await stat(join(folder.path, 'key'))).mode & 0o777).toBe(0o600)
    // ssh-keygen reads it only when it is whole.
    expect(await must(['ssh-keygen', '-y', '-f', join(folder.path, 'key')])).toMatch(/^ssh-ed25519 /)
    const listed = await must(['ssh-keygen', '-l', '-f', join(folder.path, 'known_hosts')])
    expect(listed.match(/SHA256:\S+/g)).toEqual([
      'SHA256:RFzBCUItH9LZS0cKB5UE6ceAYhBD5C8GeOBip8Z11+4',
      'SHA256:uTa/0PndEgPZTf76e1DFqXKJEXKsn7m9ivhLQtzGOCI',
      'SHA256:5s5cIyReIfNNVGRFdDbe3hdYiI5OelHGpw2rOUud3Q8',
    ])
    // The path of a key is as good as the key.
    expect(await sshCommandFor({ url: aur, sshCommand: '', key: file }, folder.path)).toBe(command)
    const own = await sshCommandFor({ url: aur, sshCommand: `ssh -v -i "${KEY_PATH}"`, key }, folder.path)
    expect(own).toBe(`ssh -v -i "${join(folder.path, 'key')}"`)
  })

  it.skipIf(!keygen)('refuses a key with a passphrase, and what is no key, without showing it', async () => {
    await using folder = await tempFolder('ssh')
    const file = join(folder.path, 'id')
    await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', 'secret', '-f', file])
    const refused = (key: string): Promise<string> => sshCommandFor({ url: aur, sshCommand: '', key }, folder.path)
    await expect(refused(file)).rejects.toMatchObject({
      code: 'credentials',
      message: expect.stringContaining('passphrase'),
    })
    await expect(refused('not-a-key-but-a-secret')).rejects.toMatchObject({
      message: 'private_key is neither a private key nor the path of one',
    })
  })

  it('believes another host at first sight only', async () => {
    await using folder = await tempFolder('ssh')
    const command = await sshCommandFor({ url: 'git@git.acme.example:o/r.git', sshCommand: '', key: '' }, folder.path)
    expect(command).toContain('StrictHostKeyChecking=accept-new')
    expect(command).toContain('~/.ssh/known_hosts')
  })
})

describe('where git connects', () => {
  it('is the address itself, or below its host on the local server, or nowhere', () => {
    const url = 'ssh://aur@aur.archlinux.org/hello.git'
    expect(routeOfGit({}, false, url)).toEqual({ url })
    expect(() => routeOfGit({}, true, url)).toThrow('aur.archlinux.org has no route here')
    const routes = { 'git:': 'ssh://me@127.0.0.1:1?key=k&knownHosts=h' }
    const local = { key: 'k', knownHosts: 'h' }
    const at = (path: string) => ({ url: `ssh://me@127.0.0.1:1/${path}`, local })
    expect(routeOfGit(routes, true, url)).toEqual(at('aur.archlinux.org/hello.git'))
    expect(routeOfGit(routes, true, 'git@Git.acme.example:o/r.git')).toEqual(at('git.acme.example/o/r.git'))
    expect(routeOfGit(routes, true, 'https://x:y@gitlab.com:8443/o/r')).toEqual(at('gitlab.com/o/r'))
    expect(routeOfGit(routes, true, 'file:///srv/tap.git')).toEqual(at('localhost/srv/tap.git'))
    expect(routeOfGit(routes, true, '/srv/tap.git')).toEqual(at('localhost/srv/tap.git'))
  })
})

describe('what a server says', () => {
  it.each([
    ['Host key verification failed.\nfatal: Could not read from remote repository.', 'spoke'],
    ['aur@aur.archlinux.org: Permission denied (publickey).', 'credentials'],
    ['ssh: connect to host x port 22: Connection refused', 'network'],
    [
      'kex_exchange_identification: read: Connection reset by peer\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.',
      'network',
    ],
    ['The AUR is down due to maintenance. We will be back soon.', 'network'],
    ["fatal: repository 'https://x/y' not found", 'credentials'],
    ['remote: error: package is blacklisted: x\n ! [remote rejected] x -> master (hook declined)', 'spoke'],
  ])('%j is %s', (text, code) => {
    expect(refusal('ssh://aur@aur.archlinux.org/x.git', text).code).toBe(code)
  })
})
