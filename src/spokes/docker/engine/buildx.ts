import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { inside } from '../../../core/paths.ts'
import { fileChunks } from '../../../formats/file-chunks.ts'
import { readTar } from '../../../formats/tar-reader.ts'
import { pairs, step } from './tools.ts'
import type { Ask, Engine, EngineIO, EngineJob } from './tools.ts'

/**
 * docker buildx, with the builder that is chosen. One of the kind `docker` exports OCI images only when its engine keeps images as
 * containerd does (https://docs.docker.com/build/exporters/oci-docker/).
 */
export async function buildx(ask: Ask): Promise<Engine | { why: string }> {
  const version = await ask(['docker', 'buildx', 'version'])
  if (version.code !== 0) return { why: 'there is no docker buildx' }
  const builder = await ask(['docker', 'buildx', 'inspect'])
  if (builder.code !== 0)
    return { why: `docker buildx has no builder: ${builder.stderr.trim().split('\n').at(-1) ?? ''}` }
  const kind = /^Driver:\s*(\S+)/m.exec(builder.stdout)?.[1]
  if (kind === 'docker') {
    const engine = await ask(['docker', 'info', '--format', '{{.DriverStatus}}'])
    if (!engine.stdout.includes('containerd')) {
      return { why: 'the builder of docker buildx exports no OCI images: docker buildx create --use' }
    }
  }
  return { name: 'docker buildx', version: /v?(\d+\.\d[\w.-]*)/.exec(version.stdout)?.[1] ?? '', build }
}

async function build(job: EngineJob, io: EngineIO): Promise<void> {
  const archive = join(job.folder, 'image.tar')
  const asked = ['--platform', job.platform, '--output', `type=oci,dest=${archive}`, '--progress=plain']
  // Ours are added afterwards, and tell what the hub holds.
  const plain = ['--provenance=false', '--sbom=false']
  const args = { SOURCE_DATE_EPOCH: String(job.time), ...job.args }
  const more = [...pairs('--build-arg', args), ...pairs('--label', job.labels)]
  if (job.target !== '') more.push('--target', job.target)
  const argv = ['docker', 'buildx', 'build', ...asked, ...plain, ...more, '--file', job.dockerfile, job.context]
  await step(argv, job.folder, io)
  for await (const member of readTar(fileChunks(archive))) {
    if (member.type !== 'file') continue
    const path = inside(job.out, member.name)
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await pipeline(member.content, createWriteStream(path))
  }
  await rm(archive, { force: true })
}
