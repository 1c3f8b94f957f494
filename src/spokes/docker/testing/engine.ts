import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { tempFolder } from '../../../core/temp.ts'
import { run } from '../../../external/process.ts'

/** A Docker engine of its own, with a store of its own, for one test. */
export interface DockerEngine extends AsyncDisposable {
  version: string
  /** Runs `docker ARGS` against it and gives what it printed; an error says what it printed instead. */
  docker: (args: string[]) => Promise<Buffer>
}

const READY = 'Daemon has completed initialization'

/**
 * Starts `dockerd` without networks and firewall rules, so that it changes nothing on this machine. Where it may not start (a container
 * without privileges), gives the last line of what it said instead.
 * @example const engine = await dockerEngine({ PATH: process.env['PATH'] })
 */
export async function dockerEngine(env: Record<string, string | undefined>): Promise<DockerEngine | string> {
  const folder = await tempFolder('engine')
  const socket = `unix://${join(folder.path, 'sock')}`
  const home = join(folder.path, 'home')
  await mkdir(home)
  const own = { ...env, HOME: home, DOCKER_CONFIG: home }
  const places = ['--data-root', join(folder.path, 'root'), '--exec-root', join(folder.path, 'exec')]
  const alone = ['--pidfile', join(folder.path, 'pid'), '--bridge=none', '--iptables=false', '--ip6tables=false']
  const stop = new AbortController()
  let last = ''
  let ended: Promise<unknown> | undefined
  const ready = await new Promise<boolean>((resolve) => {
    ended = run(['dockerd', ...places, ...alone, '--host', socket], {
      signal: stop.signal,
      env: own,
      onLine: (line) => {
        last = line
        if (line.includes(READY)) resolve(true)
      },
    })
      .catch(() => {})
      .then(() => resolve(false))
  })
  const end = async (): Promise<void> => {
    // Asked to end, it takes back its mounts; killed, it leaves them.
    const pid = await readFile(join(folder.path, 'pid'), 'utf8').catch(() => '')
    if (pid !== '') process.kill(Number(pid), 'SIGTERM')
    await Promise.race([ended, setTimeout(20_000, undefined, { ref: false })])
    stop.abort()
    await ended
    await folder[Symbol.asyncDispose]()
  }
  if (!ready) {
    await end()
    return last
  }
  const docker = async (args: string[]): Promise<Buffer> => {
    const { code, bytes, stderr } = await run(['docker', '--host', socket, ...args], { env: own })
    if (code !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`)
    return bytes
  }
  const version = (await docker(['version', '--format', '{{.Server.Version}}'])).toString().trim()
  return { version, docker, [Symbol.asyncDispose]: end }
}
