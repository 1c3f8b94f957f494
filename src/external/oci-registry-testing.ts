import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { TagonceError } from '../core/errors.ts'
import type { OciRegistry } from './oci-registry.ts'
import { run } from './process.ts'

/** Debian's docker-registry on loopback, for tests: the judge of our client. */
export interface JudgeRegistry extends AsyncDisposable {
  /** `127.0.0.1:40000` */
  host: string
}

/** Who may log in to a judge that asks for it. */
export const JUDGE_LOGIN = { username: 'ann', password: 'spring-onion-42' }
// As `htpasswd -B` writes it.
const HTPASSWD = 'ann:$2y$04$abcdefghijklmnopqrstuudFvK4U4ioCviHYZenvs/b7wPgvpOLW.\n'

export const hasJudge = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'docker-registry')))
if (!hasJudge) console.log('skipped: no docker-registry on the PATH')

/** Starts one that keeps what it has in `folder`. */
export async function judgeRegistry(folder: string, login = false): Promise<JudgeRegistry> {
  const auth = login ? `auth: {htpasswd: {realm: judge, path: ${join(folder, 'htpasswd')}}}\n` : ''
  await writeFile(join(folder, 'htpasswd'), HTPASSWD)
  await writeFile(
    join(folder, 'registry.yml'),
    `version: 0.1\nlog: {level: info}\nstorage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}\nhttp: {addr: "127.0.0.1:0"}\n${auth}`,
  )
  const stop = new AbortController()
  let ended: Promise<unknown> | undefined
  const host = await new Promise<string>((resolve, reject) => {
    ended = run(['docker-registry', 'serve', join(folder, 'registry.yml')], {
      signal: stop.signal,
      env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
      onLine: (line) => {
        const port = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1]
        if (port !== undefined) resolve(`127.0.0.1:${port}`)
      },
    }).then(
      ({ stderr }) => reject(new TagonceError('internal', 'docker-registry ended', { output: stderr })),
      (error: unknown) => reject(error),
    )
  })
  return {
    host,
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Uploads an image of one small layer and gives its manifest; `salt` makes it another one. */
export async function pushSmallImage(registry: OciRegistry, repository: string, reference: string, salt = '') {
  const content = Buffer.concat([Buffer.from(salt), randomBytes(2000)])
  // Clients compress what is not, and so change its digest.
  const layer = gzipSync(content)
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [sha256(content)] } }),
  )
  const blob = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: sha256(bytes), size: bytes.length })
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: blob('application/vnd.oci.image.config.v1+json', config),
    layers: [blob('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
  }
  await registry.pushBlob(repository, { bytes: layer, digest: sha256(layer) })
  await registry.pushBlob(repository, { bytes: config, digest: sha256(config) })
  const bytes = Buffer.from(JSON.stringify(manifest))
  await registry.pushManifest(repository, reference, { bytes, mediaType: manifest.mediaType })
  return { bytes, mediaType: manifest.mediaType, digest: sha256(bytes), layer }
}
