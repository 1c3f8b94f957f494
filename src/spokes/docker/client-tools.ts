import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { tempFolder } from '../../core/temp.ts'
import { run } from '../../external/process.ts'
import type { RunResult } from '../../external/process.ts'
import type { ClientIO } from '../world.ts'

/** A client of registries that is on this machine. */
export interface ImageTool {
  version: string
  run(args: string[]): Promise<RunResult>
}

export type ToolIO = Pick<ClientIO, 'folder' | 'env' | 'signal'>

/** Minutes for an image to come; a base of a gigabyte may be below it. */
const LIMIT = 10 * 60_000

async function start(argv: string[], env: Record<string, string>, io: ToolIO): Promise<RunResult> {
  return run(argv, { cwd: io.folder, env, signal: io.signal, timeout: LIMIT })
}

/**
 * Files that keep a client from what the machine's owner has set up: mirrors, signature rules, remembered logins. A name without a host
 * is one of Docker Hub, as everywhere here.
 */
async function ownSetup(io: ToolIO): Promise<{ policy: string; registries: string }> {
  const policy = join(io.folder, 'policy.json')
  const registries = join(io.folder, 'registries.conf')
  await writeFile(policy, '{"default":[{"type":"insecureAcceptAnything"}]}')
  await writeFile(registries, 'unqualified-search-registries = ["docker.io"]\n')
  return { policy, registries }
}

/** skopeo, when it is here. It reads and copies images, and needs no engine. */
export async function findSkopeo(io: ToolIO): Promise<ImageTool | undefined> {
  const version = await start(['skopeo', '--version'], io.env, io).catch(() => undefined)
  if (version?.code !== 0) return undefined
  const { policy, registries } = await ownSetup(io)
  const own = ['skopeo', '--policy', policy, '--registries-conf', registries]
  return { version: lastWord(version.stdout), run: (args) => start([...own, ...args], io.env, io) }
}

/**
 * podman, when it is here; with a store of its own, which goes with it, and settings that hold in a container as well. Elsewhere than on
 * Linux podman is a client of a machine that does not see our loopback.
 */
export async function findPodman(io: ToolIO): Promise<(ImageTool & AsyncDisposable) | undefined> {
  if (process.platform !== 'linux') return undefined
  const version = await start(['podman', '--version'], io.env, io).catch(() => undefined)
  if (version?.code !== 0) return undefined
  const { registries } = await ownSetup(io)
  // crun of Debian 12 fails without CAP_SYS_RESOURCE and on mixed cgroups; runc does not.
  const runc = await start(['runc', '--version'], io.env, io).catch(() => undefined)
  const conf = join(io.folder, 'containers.conf')
  await writeFile(
    conf,
    [
      '[containers]',
      'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
      'netns = "host"',
      '[engine]',
      ...(runc?.code === 0 ? ['runtime = "runc"'] : []),
      'cgroup_manager = "cgroupfs"',
      'events_logger = "none"',
      '',
    ].join('\n'),
  )
  // podman refuses a runroot of more than 50 characters.
  const store = await tempFolder('pod')
  const env = { ...io.env, CONTAINERS_CONF: conf, CONTAINERS_REGISTRIES_CONF: registries, TMPDIR: store.path }
  const places = ['--root', join(store.path, 'root'), '--runroot', join(store.path, 'run')]
  const own = ['podman', ...places, '--storage-driver', 'vfs']
  return {
    version: lastWord(version.stdout),
    run: (args) => start([...own, ...args], env, io),
    async [Symbol.asyncDispose]() {
      // Without root its files belong to users that only podman can act for.
      await start([...own, 'rmi', '--all', '--force'], env, io).catch(() => {})
      await store[Symbol.asyncDispose]().catch(() => {})
    },
  }
}

/**
 * What starts a program of another processor in its container: qemu, linked statically, so that it runs in any image. Undefined when it
 * is not here; `[]` for this machine's own programs.
 */
export function emulator(architecture: string, io: ToolIO): string[] | undefined {
  if (architecture === own()) return []
  const name = `qemu-${QEMU[architecture] ?? architecture}-static`
  const paths = (io.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
  const path = paths.find((one) => existsSync(one))
  return path === undefined ? undefined : [path]
}

const QEMU: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64', '386': 'i386' }

function own(): string {
  const words: Partial<Record<string, string>> = { x64: 'amd64', ia32: '386' }
  return words[process.arch] ?? process.arch
}

function lastWord(text: string): string {
  return text.trim().split(/\s+/).at(-1) ?? ''
}
