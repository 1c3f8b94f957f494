import { PassThrough } from 'node:stream'
import { parseArgs } from 'node:util'
import { TagonceError } from '../core/errors.ts'
import { run } from '../external/process.ts'
import { spokes } from '../spokes/registry.ts'
import { systemEnv } from './client-env.ts'
import { githubServer } from './github/server.ts'
import { withHosts } from './hosts.ts'
import { startWorld, worldHandle, type WorldHandle, type WorldPorts } from './world.ts'

/**
 * The local world as a process of its own: `--folder PATH [--record] [--git]`. Tells its ports in one JSON line on stdout, and ends
 * when its stdin closes, as it does when the parent dies in whatever way. It has GitHub and the channel of every spoke.
 * @returns the exit status
 */
export async function runWorldProcess(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { folder: { type: 'string' }, record: { type: 'boolean' }, git: { type: 'boolean' } },
  })
  if (values.folder === undefined) throw new TagonceError('usage', '__world needs --folder')
  const world = await startWorld({
    folder: values.folder,
    // Two spokes may share a channel.
    servers: withHosts(values.folder, [
      githubServer(),
      ...new Set(spokes.flatMap((spoke) => spoke.world.server ?? [])),
    ]),
    proxy: true,
    git: values.git ?? false,
    record: values.record ?? false,
  })
  const { folder, hosts, origin, pid, control, proxy, git } = world
  const ports: WorldPorts = {
    folder,
    hosts,
    origin,
    pid,
    control,
    ...(proxy === undefined ? {} : { proxy }),
    ...(git === undefined ? {} : { git }),
  }
  process.stdout.write(`${JSON.stringify(ports)}\n`)
  await new Promise<void>((resolve) => {
    process.stdin.once('close', resolve).once('end', resolve).once('error', resolve).resume()
  })
  await world.stop()
  return 0
}

/**
 * Starts the local world in a child process and waits until it listens.
 * @param argv the program that calls `runWorldProcess`: `[process.execPath, cli, '__world']`
 * @param folder holds its state; a world started there again goes on from it
 * @throws `internal` when it ends before it listens
 */
export async function spawnWorld(
  argv: string[],
  folder: string,
  options: { record?: boolean; git?: boolean; signal?: AbortSignal } = {},
): Promise<WorldHandle> {
  const open = new PassThrough()
  let ended: Promise<void> | undefined
  const ports = await new Promise<WorldPorts>((resolve, reject) => {
    const flags = [...(options.record === true ? ['--record'] : []), ...(options.git === true ? ['--git'] : [])]
    ended = run([...argv, '--folder', folder, ...flags], {
      timeout: 0,
      input: open,
      env: systemEnv(),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onLine: (line) => {
        if (line.startsWith('{')) resolve(JSON.parse(line) as WorldPorts)
      },
    }).then(
      ({ stderr }) => reject(new TagonceError('internal', 'the local world ended at once', { output: stderr })),
      (error: unknown) => reject(error),
    )
  })
  return worldHandle(ports, async () => {
    open.end()
    await ended
  })
}
