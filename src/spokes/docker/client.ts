import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import type { RunResult } from '../../external/process.ts'
import type { ClientResult } from '../world.ts'
import { findPrograms, imagesOf, rootOf } from './client-layout.ts'
import type { ExpectedProgram, FoundImage } from './client-layout.ts'
import { emulator, findPodman, findSkopeo } from './client-tools.ts'
import type { ImageTool, ToolIO } from './client-tools.ts'

/** What clients must find. */
export interface ExpectedImage {
  /** All names with their tags, which must show one and the same; the first is pulled. */
  names: string[]
  /** `any`: one of the programs is enough. */
  platforms: { name: string; any?: boolean; programs: ExpectedProgram[] }[]
}

/**
 * Brings an image as a user does, without a login: skopeo copies all platforms and their digests are compared, every program in them is
 * compared with the hub's, and podman starts them. A client of Docker without an engine is none.
 * @example await checkWithClients({ names: ['ghcr.io/octo/hello:v1'], platforms: [] }, io)
 */
export async function checkWithClients(image: ExpectedImage, io: ToolIO): Promise<ClientResult | { skipped: string }> {
  const [first] = image.names
  if (first === undefined) return { skipped: 'no name is known before the base image is' }
  const skopeo = await findSkopeo(io)
  await using podman = await findPodman(io)
  if (skopeo === undefined && podman === undefined) return { skipped: 'neither skopeo nor podman is on this machine' }
  const layout = join(io.folder, 'layout')
  const said: string[] = []
  if (skopeo !== undefined) said.push(await copyAll(skopeo, image.names, layout))
  const started: string[] = []
  let reason: string | undefined
  for (const platform of image.platforms) {
    const pulled = podman === undefined ? undefined : await pull(podman, first, platform.name)
    if (skopeo === undefined && podman !== undefined) await save(podman, first, layout)
    const found = pick(await imagesOf(layout), platform.name, first)
    if (pulled !== undefined && skopeo !== undefined) compare(pulled, found, (await rootOf(layout)).digest, first)
    const paths = await findPrograms(layout, found, platform.programs)
    for (const program of platform.programs) {
      const path = paths.get(program.name)
      if (path === undefined && platform.any === true && paths.size > 0) continue
      if (path === undefined) throw missing(program, first, platform.name)
      const outcome =
        podman === undefined ? 'podman is not on this machine' : await startIn(podman, first, platform.name, path, io)
      if (typeof outcome === 'string') reason ??= outcome
      else started.push(`${platform.name} ${program.name} --version ended with ${outcome.code}`)
    }
  }
  const [client, version] =
    podman === undefined
      ? ['skopeo', skopeo?.version ?? '']
      : ['podman', [podman.version, ...(skopeo === undefined ? [] : [`skopeo ${skopeo.version}`])].join(' and ')]
  const [program] = image.platforms.flatMap((one) => one.programs)
  return {
    client,
    version,
    proof: started.length > 0 ? 'installed by its client' : 'read by its client',
    what: [...said, ...started, ...(reason === undefined ? [] : [`not all was started: ${reason}`])].join('; '),
    ...(program === undefined ? {} : { sha256: program.sha256 }),
  }
}

/** Every name must lead to the same; copied with all platforms, its digest stays. */
async function copyAll(skopeo: ImageTool, names: string[], layout: string): Promise<string> {
  const digests = await Promise.all(
    names.map(async (name) => {
      const raw = expectOk(
        await skopeo.run(['inspect', '--no-creds', '--raw', `docker://${name}`]),
        `skopeo inspect ${name}`,
      )
      return `sha256:${createHash('sha256').update(raw.bytes).digest('hex')}`
    }),
  )
  const [digest = ''] = digests
  const other = digests.findIndex((one) => one !== digest)
  if (other !== -1) {
    throw new TagonceError('spoke', `${names[0]} is ${digest}, but ${names[other]} is ${digests[other]}`)
  }
  const copy = ['copy', '--all', '--src-no-creds', `docker://${names[0]}`, `oci:${layout}:image`]
  expectOk(await skopeo.run(copy), `skopeo copy ${names[0]}`)
  const copied = (await rootOf(layout)).digest
  if (copied !== digest)
    throw new TagonceError('spoke', `skopeo copied ${names[0]} as ${copied}, the registry has ${digest}`)
  return `skopeo copied ${names[0]}@${digest}`
}

/** Digests under which podman knows what it pulled. */
async function pull(podman: ImageTool, name: string, platform: string): Promise<string[]> {
  expectOk(
    await podman.run(['pull', '--quiet', '--platform', platform, name]),
    `podman pull --platform ${platform} ${name}`,
  )
  const format = '{{.Digest}} {{range .RepoDigests}}{{.}} {{end}}'
  const { stdout } = expectOk(
    await podman.run(['image', 'inspect', '--format', format, name]),
    `podman inspect ${name}`,
  )
  return stdout
    .trim()
    .split(/\s+/)
    .map((one) => one.split('@').at(-1) ?? '')
}

async function save(podman: ImageTool, name: string, layout: string): Promise<void> {
  await rm(layout, { recursive: true, force: true })
  expectOk(
    await podman.run(['save', '--quiet', '--format', 'oci-dir', '--output', layout, name]),
    `podman save ${name}`,
  )
}

function compare(pulled: string[], found: FoundImage, index: string, name: string): void {
  if (pulled.some((one) => one === found.digest || one === index)) return
  throw new TagonceError('spoke', `podman pulled ${name} as ${pulled.join(', ')}, the registry has ${found.digest}`)
}

function pick(images: Map<string, FoundImage>, platform: string, name: string): FoundImage {
  // arm64 is v8 whether it is said or not.
  const same = (one: string): string => one.replace(/^linux\/arm64\/v8$/, 'linux/arm64')
  const found = [...images].find(([one]) => same(one) === same(platform))?.[1]
  if (found !== undefined) return found
  throw new TagonceError('spoke', `${name} has no image for ${platform}, only for ${[...images.keys()].join(', ')}`)
}

/** Starts a program in its container; a text says why it could not be tried. */
async function startIn(
  podman: ImageTool,
  name: string,
  platform: string,
  path: string,
  io: ToolIO,
): Promise<{ code: number } | string> {
  const [, architecture = ''] = platform.split('/')
  const through = emulator(architecture, io)
  if (through === undefined) return `there is no qemu for ${architecture} on this machine`
  const [qemu] = through
  const start =
    qemu === undefined
      ? ['--entrypoint', `/${path}`, name]
      : ['--volume', `${qemu}:/.qemu:ro`, '--entrypoint', '/.qemu', name, `/${path}`]
  const options = ['run', '--rm', '--pull', 'never', '--network', 'none', '--platform', platform]
  const { code, stderr } = await podman.run([...options, ...start, '--version'])
  if (code === 125) return `podman starts no container here: ${stderr.trim().split('\n').at(-1)}`
  if (code === 126 || code === 127) {
    throw new TagonceError('spoke', `/${path} in ${name} cannot be started on ${platform}`, { output: stderr })
  }
  return { code }
}

function missing({ name, sha256 }: ExpectedProgram, image: string, platform: string): TagonceError {
  return new TagonceError(
    'spoke',
    `${image} has no file with the bytes of the hub's ${name} for ${platform} (sha256:${sha256})`,
    {
      hint: 'look at the Dockerfile: it must copy the program as it is',
    },
  )
}

function expectOk(result: RunResult, what: string): RunResult {
  if (result.code === 0) return result
  throw new TagonceError('spoke', `${what} failed in the rehearsal`, { output: result.stderr || result.stdout })
}
