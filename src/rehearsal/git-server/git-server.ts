import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { userInfo } from 'node:os'
import { PassThrough } from 'node:stream'
import { setTimeout as after } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { TagonceError } from '../../core/errors.ts'
import type { LocalGit } from '../../external/git-route.ts'
import { run } from '../../external/process.ts'
import type { WorldServer } from '../../spokes/world.ts'
import { systemEnv } from '../client-env.ts'
import { stateFolder } from '../dispatch.ts'
import { diskStore } from '../store.ts'
import { POST_RECEIVE, serveScript, sshdConfig, WATCH } from './scripts.ts'

/** A running sshd that stands in for every git server. */
export interface GitServer extends LocalGit {
  stop(): Promise<void>
}

/** Where sshd stands; it is on few PATHs. */
const SBIN = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin', '/usr/bin']
/** sshd wants this folder where it runs as root (sshd(8), FILES). */
const PRIVILEGE_SEPARATION = '/run/sshd'

/** Why git over ssh can't be rehearsed on this machine; undefined when it can, as far as is known. */
export function gitServerLacks(): string | undefined {
  if (process.platform === 'win32') return 'git over ssh is not rehearsed on Windows'
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const lacking = ['ssh', 'ssh-keygen', 'git'].find((tool) => !folders.some((one) => existsSync(join(one, tool))))
  if (lacking !== undefined) return `no ${lacking} on this machine`
  return sshd() === undefined ? 'no sshd on this machine' : undefined
}

function sshd(): string | undefined {
  const folders = [...SBIN, ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.map((one) => join(one, 'sshd')).find((file) => existsSync(file))
}

/**
 * Starts sshd on loopback, for this user alone, with keys made for this world.
 * @param folder of the world; repositories stay in it
 * @param servers channels that have repositories, and rules, of their own
 * @throws `tool-missing` when there is no sshd, or it lets nobody in
 */
export async function startGitServer(folder: string, servers: WorldServer[]): Promise<GitServer> {
  const program = sshd()
  const lack = gitServerLacks()
  if (program === undefined || lack !== undefined) throw new TagonceError('tool-missing', lack ?? 'no sshd')
  const own = join(folder, 'git')
  await prepare(folder, own, servers)
  await makeSeparationFolder()
  const stop = new AbortController()
  for (let tries = 0; tries < 5; tries++) {
    const port = await freePort()
    const knownHosts = join(own, 'known_hosts')
    const hostKey = (await readFile(join(own, 'host_key.pub'), 'utf8')).split(' ').slice(0, 2).join(' ')
    await writeFile(knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`)
    await writeFile(join(own, 'sshd_config'), sshdConfig(own, port))
    let output = ''
    const ended = run(['/bin/sh', join(own, 'watch'), program, '-D', '-e', '-f', join(own, 'sshd_config')], {
      env: systemEnv(),
      input: new PassThrough(),
      signal: stop.signal,
    }).then(
      ({ stderr }) => (output = stderr || 'it ended at once'),
      () => {},
    )
    const origin = `ssh://${userInfo().username}@127.0.0.1:${port}`
    const key = join(own, 'client_key')
    if (await answers(port, key, knownHosts)) {
      return {
        origin,
        key,
        knownHosts,
        async stop() {
          stop.abort()
          await ended
        },
      }
    }
    if (!/Address already in use|Cannot bind/i.test(output)) {
      stop.abort()
      await ended
      throw new TagonceError('tool-missing', 'sshd on this machine lets nobody in', { output })
    }
  }
  throw new TagonceError('tool-missing', 'sshd found no free port')
}

async function prepare(folder: string, own: string, servers: WorldServer[]): Promise<void> {
  await mkdir(own, { recursive: true, mode: 0o700 })
  for (const name of ['host_key', 'client_key']) {
    if (existsSync(join(own, name))) continue
    const made = await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'tagonce', '-f', join(own, name)])
    if (made.code !== 0) throw new TagonceError('tool-missing', 'ssh-keygen failed', { output: made.stderr })
  }
  await writeFile(join(own, 'authorized_keys'), await readFile(join(own, 'client_key.pub'), 'utf8'))
  await writeFile(join(own, 'serve'), serveScript(folder), { mode: 0o755 })
  await writeFile(join(own, 'watch'), WATCH, { mode: 0o755 })
  await writeFile(join(own, 'post-receive'), POST_RECEIVE, { mode: 0o755 })
  for (const server of servers) {
    if (server.git === undefined) continue
    const base = diskStore(stateFolder(folder, server)).blob('git/x')
    for (const host of server.hosts) {
      const rules = join(own, 'hosts', host)
      await mkdir(rules, { recursive: true })
      await writeFile(join(rules, 'base'), base.slice(0, -'/x'.length))
      await writeFile(join(rules, 'serve'), server.git.serve)
      await writeFile(join(rules, 'update'), server.git.update, { mode: 0o755 })
    }
  }
}

/** Empty, below a folder that is gone with the next boot. It stays: every sshd of this machine asks for it at each connection. */
async function makeSeparationFolder(): Promise<void> {
  if (process.getuid?.() === 0) await mkdir(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 }).catch(() => {})
}

/** Whether the server lets us in: an account may be locked, or have no shell. */
async function answers(port: number, key: string, knownHosts: string): Promise<boolean> {
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
  ]
  const login = ['-p', String(port), `${userInfo().username}@127.0.0.1`, 'check']
  const argv = ['ssh', '-F', '/dev/null', '-i', key, ...options.flatMap((one) => ['-o', one]), ...login]
  for (const wait of [50, 100, 200, 400, 800, 1600]) {
    await after(wait)
    const { stdout, stderr } = await run(argv, { timeout: 20_000 })
    if (stdout.includes('ready')) return true
    if (/Permission denied|Host key/i.test(stderr)) return false
  }
  return false
}
