import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pairs, step } from './tools.ts'
import type { Ask, Engine, EngineIO, EngineJob } from './tools.ts'

/** buildah, with the user's own store and isolation. */
export async function buildah(ask: Ask): Promise<Engine | { why: string }> {
  const { code, stdout } = await ask(['buildah', '--version'])
  if (code !== 0) return { why: 'there is no buildah' }
  return { name: 'buildah', version: /\d[\w.]*/.exec(stdout)?.[0] ?? '', build }
}

/** Builds, exports, and takes the image out of the store again; base images stay there for the next time. */
async function build(job: EngineJob, io: EngineIO): Promise<void> {
  const id = join(job.folder, 'id')
  const { context, dockerfile, platform, target, time, out } = job
  const asked = ['--platform', platform, '--format', 'oci', '--timestamp', String(time), '--iidfile', id]
  const more = [...pairs('--build-arg', job.args), ...pairs('--label', job.labels)]
  if (target !== '') more.push('--target', target)
  // Like docker: a registry on this machine needs no certificate.
  if (job.plain) more.push('--tls-verify=false')
  await step(['buildah', 'build', ...asked, ...more, '--file', dockerfile, context], job.folder, io)
  const image = (await readFile(id, 'utf8')).trim()
  try {
    await step(['buildah', 'push', '--quiet', image, `oci:${out}:image`], job.folder, io)
  } finally {
    await step(['buildah', 'rmi', '--force', image], job.folder, io).catch(() => {})
  }
}
