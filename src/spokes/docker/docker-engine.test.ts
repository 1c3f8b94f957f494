import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { hasJudge, judgeRegistry } from '../../external/oci-registry-testing.ts'
import { run } from '../../external/process.ts'
import { emulator } from './client-tools.ts'
import { lacks } from '../../rehearsal/testing.ts'
import { dockerEngine, type DockerEngine } from './testing/engine.ts'
import { channel, localHttp, publishAll, sealed } from './testing/release.ts'

const missing = ['dockerd', 'docker', 'go', 'qemu-aarch64-static'].filter((tool) => lacks(tool))
const able = missing.length === 0 && hasJudge && process.platform === 'linux' && process.getuid?.() === 0
if (!able) console.warn('skipped: a Docker engine is started by root on Linux only')

const SOURCE = `package main

import ("fmt"; "os"; "runtime")

func main() { fmt.Println("hello", runtime.GOARCH, os.Args[1:]) }
`

const IMAGES = (host: string): string => `dockers:
  - {goarch: amd64, image_templates: ['${host}/acme/hello:{{ .Version }}-amd64'], build_flag_templates: ['--platform=linux/amd64']}
  - {goarch: arm64, image_templates: ['${host}/acme/hello:{{ .Version }}-arm64'], build_flag_templates: ['--platform=linux/arm64']}
docker_manifests:
  - name_template: '${host}/acme/hello:{{ .Version }}'
    image_templates: ['${host}/acme/hello:{{ .Version }}-amd64', '${host}/acme/hello:{{ .Version }}-arm64']
dockers_v2:
  - {images: ['${host}/acme/hello2'], tags: ['{{ .Version }}'], platforms: [linux/amd64, linux/arm64], dockerfile: Dockerfile.v2}
`

const FILES = {
  Dockerfile: 'FROM scratch\nCOPY hello /usr/bin/hello\nUSER 1000\nENTRYPOINT ["/usr/bin/hello"]\nCMD ["--greet"]\n',
  'Dockerfile.v2':
    'FROM scratch\nARG TARGETPLATFORM\nCOPY $TARGETPLATFORM/hello /usr/bin/hello\nENTRYPOINT ["/usr/bin/hello"]\n',
}

test.skipIf(!able)(
  'a Docker engine pulls, starts and takes apart the images of both platforms',
  { timeout: 180_000 },
  async ({ skip, annotate }) => {
    await using folder = await tempFolder('docker-engine')
    const programs = await compiled(folder.path)
    const engine = await dockerEngine({ PATH: process.env['PATH'] })
    if (typeof engine === 'string') {
      skip(`dockerd does not start here: ${engine}`)
      return
    }
    await using docker = engine
    await annotate(`Docker ${docker.version}`)
    await using judge = await judgeRegistry(folder.path)
    const io = await channel(localHttp(), folder.path)
    const project = { yaml: IMAGES(judge.host), files: FILES, program: (target: string) => programs(target) }
    const { hub } = await sealed(project, io)
    const report = await publishAll(hub, io)
    expect(report.exitCode).toBe(0)

    for (const repository of ['acme/hello', 'acme/hello2'])
      for (const arch of ['amd64', 'arm64']) {
        const name = `${judge.host}/${repository}:1.2.3`
        await docker.docker(['pull', '--quiet', '--platform', `linux/${arch}`, name])
        const seen = await inspect(docker, name)
        expect([repository, seen.Os, seen.Architecture]).toEqual([repository, 'linux', arch])
        expect(seen.RepoDigests).toEqual([`${judge.host}/${repository}@${await digestOf(judge.host, repository)}`])
        expect(seen.Config.User).toBe(repository === 'acme/hello' ? '1000' : '')

        const [qemu] = emulator(arch, { ...io, env: { PATH: process.env['PATH'] ?? '' } }) ?? []
        const through =
          qemu === undefined ? [] : ['--volume', `${qemu}:/qemu:ro`, '--entrypoint', '/qemu', name, '/usr/bin/hello']
        const start = ['run', '--rm', '--network', 'none', '--platform', `linux/${arch}`]
        const said = await docker.docker([...start, ...(qemu === undefined ? [name] : through), '--x'])
        expect(said.toString()).toBe(`hello ${arch} [--x]\n`)

        const id = (await docker.docker(['create', '--platform', `linux/${arch}`, name])).toString().trim()
        await docker.docker(['cp', `${id}:/usr/bin/hello`, join(folder.path, 'copied')])
        expect((await readFile(join(folder.path, 'copied'))).equals(programs(`linux_${arch}`))).toBe(true)
        await docker.docker(['rm', id])
        await docker.docker(['rmi', name])
      }
  },
)

async function inspect({ docker }: DockerEngine, name: string) {
  const [seen] = JSON.parse((await docker(['image', 'inspect', name])).toString()) as {
    Os: string
    Architecture: string
    RepoDigests: string[]
    Config: { User: string }
  }[]
  if (seen === undefined) throw new Error(`no image ${name}`)
  return seen
}

/** The digest of what the tag is, as the registry tells it. */
async function digestOf(host: string, repository: string): Promise<string | null> {
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json'
  const answer = await fetch(`http://${host}/v2/${repository}/manifests/1.2.3`, { method: 'HEAD', headers: { accept } })
  return answer.headers.get('docker-content-digest')
}

/** The program of each target, static, since there is nothing else in the image. */
async function compiled(folder: string): Promise<(target: string) => Buffer> {
  await writeFile(join(folder, 'main.go'), SOURCE)
  const found: Record<string, Buffer> = {}
  for (const GOARCH of ['amd64', 'arm64']) {
    const path = join(folder, `hello-${GOARCH}`)
    const env = { ...process.env, GOARCH, GOOS: 'linux', CGO_ENABLED: '0' }
    const { code, stderr } = await run(['go', 'build', '-trimpath', '-o', path, 'main.go'], { cwd: folder, env })
    expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
    found[GOARCH] = await readFile(path)
  }
  return (target) => found[/^linux_(amd64|arm64)/.exec(target)?.[1] ?? ''] ?? Buffer.alloc(0)
}
