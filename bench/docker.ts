import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempFolder } from '../src/core/temp.ts'
import { judgeRegistry } from '../src/external/oci-registry-testing.ts'
import { run } from '../src/external/process.ts'
import { channel, localHttp, publishAll, sealed } from '../src/spokes/docker/testing/release.ts'
import { type Measured, measure, type Pair } from './measure.ts'

const SIZE = 12 * 1024 * 1024
const PLATFORMS = ['amd64', 'arm64']

/**
 * An image for two platforms, each with a program of 12 MB, made and pushed to docker-registry. The input is the archives of the
 * release: buildah's `ADD` unpacks them itself. Beside it stands buildah with the programs unpacked for it before the clock starts.
 * The programs are others in each round.
 */
export async function benchDocker(rounds: number): Promise<Pair[]> {
  const version = await run(['buildah', '--version']).catch(() => undefined)
  if (version === undefined) {
    console.log('docker: buildah is not on this machine')
    return []
  }
  await using folder = await tempFolder('bench-docker')
  await using registry = await judgeRegistry(folder.path)
  const ours: Measured[] = []
  const fromArchives: Measured[] = []
  const fromPrograms: Measured[] = []
  for (let round = 0; round <= rounds; round++) {
    const home = join(folder.path, `round-${round}`)
    const programs = Object.fromEntries(
      await Promise.all(PLATFORMS.map(async (one) => [one, await program()] as const)),
    )
    const { measured, archives } = await tagonce(join(home, 'ours'), registry.host, programs, round)
    const packed = await buildah(join(home, 'packed'), registry.host, `packed-${round}`, archives, 'ADD hello /')
    const plain = await buildah(join(home, 'plain'), registry.host, `plain-${round}`, programs, 'COPY hello /hello')
    // The first warms up.
    if (round === 0) continue
    ours.push(measured)
    fromArchives.push(packed)
    fromPrograms.push(plain)
  }
  const peer = `buildah ${/\d[\d.]*/.exec(version.stdout)?.[0] ?? ''}`
  const name = 'image for two platforms out of archives, made and pushed, in process'
  return [
    { name, aim: '≤ 0.2', peer: `${peer} from the same archives`, ours, theirs: fromArchives },
    { name, aim: '–', peer: `${peer} from programs unpacked before`, ours, theirs: fromPrograms },
  ]
}

/** Bytes that compress like a program, and no two alike. */
async function program(): Promise<Buffer> {
  const bytes = Buffer.alloc(SIZE)
  await using file = await open(process.execPath)
  await file.read(bytes, 0, SIZE, SIZE)
  randomBytes(64).copy(bytes)
  return bytes
}

async function tagonce(
  folder: string,
  host: string,
  programs: Record<string, Buffer>,
  round: number,
): Promise<{ measured: Measured; archives: Record<string, Buffer> }> {
  await mkdir(folder, { recursive: true })
  const io = await channel(localHttp(), folder)
  const { hub } = await sealed(
    {
      yaml: `dockers_v2:\n  - images: ['${host}/bench/ours-${round}']\n    sbom: false\n    flags: ['--provenance=false']\n`,
      files: {
        Dockerfile: 'FROM scratch\nARG TARGETPLATFORM\nCOPY $TARGETPLATFORM/hello /hello\nENTRYPOINT ["/hello"]\n',
      },
      program: (target) => programs[target.includes('arm64') ? 'arm64' : 'amd64'] ?? Buffer.alloc(0),
    },
    io,
  )
  const began = performance.now()
  const report = await publishAll(hub, io, { verify: false })
  if (report.exitCode !== 0) throw new Error(JSON.stringify(report.channels))
  const seconds = (performance.now() - began) / 1000
  const archives: Record<string, Buffer> = {}
  for (const { name, kind, platform } of hub.manifest.artifacts)
    if (kind === 'archive')
      archives[platform?.target.includes('arm64') ? 'arm64' : 'amd64'] = await readFile(await hub.file(name))
  return { measured: { seconds, megabytes: 0 }, archives }
}

/** The memory that is told of a shell is not that of buildah. */
async function buildah(
  folder: string,
  host: string,
  list: string,
  files: Record<string, Buffer>,
  step: string,
): Promise<Measured> {
  const common = `buildah --storage-driver vfs --root ${folder}/storage --runroot ${folder}/run`
  const steps = [`${common} manifest create ${list}`]
  for (const [arch, bytes] of Object.entries(files)) {
    const context = join(folder, arch)
    await mkdir(context, { recursive: true })
    await writeFile(join(context, 'hello'), bytes, { mode: 0o755 })
    await writeFile(join(context, 'Dockerfile'), `FROM scratch\n${step}\nENTRYPOINT ["/hello"]\n`)
    steps.push(`${common} bud --isolation chroot --platform linux/${arch} --manifest ${list} ${context}`)
  }
  steps.push(`${common} manifest push --all --tls-verify=false ${list} docker://${host}/bench/${list}:1`)
  const { seconds } = await measure(['sh', '-ec', steps.join('\n')])
  return { seconds, megabytes: 0 }
}
