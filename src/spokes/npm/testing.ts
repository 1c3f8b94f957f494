import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Artifact } from '../../core/artifact.ts'
import { credentialsOf } from '../../core/credentials.ts'
import { Events } from '../../core/events.ts'
import type { Platform } from '../../core/platform.ts'
import type { Http } from '../../external/http.ts'
import { gzip } from '../../formats/gzip.ts'
import { hashFile } from '../../formats/hash.ts'
import { tar } from '../../formats/tar.ts'
import type { ArchiveEntry } from '../../formats/tar.ts'
import { zip } from '../../formats/zip.ts'
import type { HubReader } from '../../hub/hub.ts'
import { hubReader } from '../../hub/reader.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import type { ChannelIO } from '../spoke.ts'
import type { WorldServer } from '../world.ts'
import { distTagOf } from './dist-tags.ts'
import { selectPlatforms } from './platforms.ts'
import type { NpmSettings } from './settings.ts'

/** Address of the fixture's release; a test leads its host to `releaseServer`. */
const RELEASE = 'https://github.com/acme/hello/releases/download'

const GOOS: Partial<Record<string, string>> = { win32: 'windows', sunos: 'solaris' }
const GOARCH: Partial<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le', mipsel: 'mipsle' }

/** This machine in Go's words. */
export const HERE: Platform = platform(GOOS[process.platform] ?? process.platform, GOARCH[process.arch] ?? process.arch)

export function platform(goos: string, goarch: string, more: Partial<Platform> = {}): Platform {
  return { goos, goarch, target: `${goos}_${goarch}`, ...more }
}

/** A program that runs here: tells its arguments, ends as told, waits for a signal. */
function programText(target: string, version: string): string {
  return `#!/bin/sh
# ${target} ${version} ${'x'.repeat(300_000)}
case "$1" in
  exit) exit "$2" ;;
  die) kill -"$2" $$ ;;
  wait) trap 'echo ended by TERM; exit 7' TERM; trap 'echo ended by INT; exit 8' INT; echo ready; while :; do sleep 0.05; done ;;
  cat) cat ;;
  *) echo "hello ${version} $*" ;;
esac
`
}

export interface FixtureOptions {
  version?: string
  mode?: NpmSettings['mode']
  name?: string
  platforms?: Platform[]
  format?: 'tar.gz' | 'zip' | 'binary'
  settings?: Partial<NpmSettings>
}

/** A release in a folder, read as from a hub, and the settings of one npm entry for it. */
export async function fixture(
  folder: string,
  options: FixtureOptions = {},
): Promise<{ hub: HubReader; settings: NpmSettings }> {
  const { version = '1.2.3', mode = 'platform', name = 'hello-acme' } = options
  const platforms = options.platforms ?? [HERE, platform('windows', 'amd64'), platform('darwin', 'arm64')]
  const assets = join(folder, `assets-${version}`)
  await mkdir(assets, { recursive: true })
  const artifacts = await Promise.all(platforms.map((one) => artifact(assets, one, version, options.format)))
  const manifest: Manifest = {
    $schema: '',
    schema: 1,
    project: 'hello',
    tag: `v${version}`,
    version,
    previousTag: '',
    commit: 'c'.repeat(40),
    date: '2026-01-02T03:04:05Z',
    prerelease: version.includes('-'),
    tool: { name: 'tagonce', version: '0.0.0' },
    hub: {
      kind: 'github',
      owner: 'acme',
      repo: 'hello',
      download: 'https://github.com',
      api: 'https://api.github.com',
      upload: 'https://uploads.github.com',
    },
    notes: '',
    artifacts,
    spokes: [],
  }
  const settings: NpmSettings = {
    name,
    version,
    mode,
    tag: distTagOf(version),
    access: 'public',
    description: 'Greets',
    homepage: 'https://example.com',
    license: 'MIT',
    author: '',
    repository: 'https://github.com/acme/hello',
    bugs: 'https://github.com/acme/hello/issues',
    keywords: [],
    extra: {},
    tokenEnv: 'NPM_TOKEN',
    extraFiles: [],
    trusted: false,
    provenance: 'off',
    staged: false,
    ...selectPlatforms(
      artifacts.map((one) => ({
        artifact: one.name,
        format: one.format ?? '',
        platform: one.platform ?? HERE,
        programs: ['hello'],
      })),
    ),
    ...options.settings,
  }
  manifest.spokes.push({ spoke: 'npm', entry: name, settings, pins: {} })
  return { hub: openHub(folder, assets, manifest), settings }
}

/** A fresh reader, as another run or another machine has it. */
function openHub(folder: string, assets: string, manifest: Manifest): HubReader {
  return hubReader({
    manifest,
    folder: join(folder, 'hub-copies', createHash('sha256').update(`${Math.random()}`).digest('hex').slice(0, 8)),
    address: (name) => `${RELEASE}/${manifest.tag}/${name}`,
    fetch: async (name, path) => {
      await mkdir(join(path, '..'), { recursive: true })
      await copyFile(join(assets, name), path)
      const { size, digests } = await hashFile(path, ['sha256'])
      return { status: 200, size, sha256: digests.sha256 }
    },
  })
}

async function artifact(assets: string, one: Platform, version: string, wanted?: string): Promise<Artifact> {
  const windows = one.goos === 'windows'
  const format = wanted ?? (windows ? 'zip' : 'tar.gz')
  const wrap = `hello_${version}_${one.target}`
  const program = Buffer.from(programText(one.target, version))
  const file = windows ? 'hello.exe' : 'hello'
  const name = format === 'binary' ? `${wrap}${windows ? '.exe' : ''}` : `${wrap}.${format}`
  const path = join(assets, name)
  const entries = [
    entry(`${wrap}/LICENSE`, Buffer.from('Do what you like.\n'), 0o644),
    entry(`${wrap}/README.md`, Buffer.from('# hello\n'), 0o644),
    entry(`${wrap}/${file}`, program, 0o755),
  ]
  if (format === 'binary') await pipeline(Readable.from([program]), createWriteStream(path))
  else await pipeline(format === 'zip' ? zip(entries) : gzip(tar(entries)), createWriteStream(path))
  const { size, digests } = await hashFile(path, ['sha256'])
  const binary = {
    name: 'hello',
    path: format === 'binary' ? name : `${wrap}/${file}`,
    mode: '0755',
    size: program.length,
    sha256: createHash('sha256').update(program).digest('hex'),
  }
  const kind = format === 'binary' ? 'binary' : 'archive'
  return {
    name,
    kind,
    id: 'default',
    platform: one,
    format,
    wrapDirectory: format === 'binary' ? '' : wrap,
    size,
    sha256: digests.sha256,
    binaries: [binary],
  }
}

function entry(name: string, bytes: Buffer, mode: number): ArchiveEntry {
  async function* content(): AsyncGenerator<Uint8Array> {
    yield bytes
  }
  return { name, mode, mtime: 1_700_000_000, body: { type: 'file', size: bytes.length, content } }
}

/** The release's files at their public addresses, by way of another host as GitHub does. */
export function releaseServer(folder: string): WorldServer {
  const assets = 'release-assets.githubusercontent.com'
  return {
    hosts: ['github.com', assets],
    async handle({ host, path: asked }) {
      if (host !== assets)
        return new Response(null, { status: 302, headers: { location: `https://${assets}${asked}` } })
      const [, , , , , tag = '', name = ''] = asked.split('/')
      const path = join(folder, `assets-${tag.replace(/^v/, '')}`, name)
      const found = await stat(path).catch(() => undefined)
      if (found === undefined) return new Response('Not Found', { status: 404 })
      return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>, {
        headers: { 'content-length': String(found.size) },
      })
    },
  }
}

/** What a spoke gets of the outside, with a token. */
export async function withChannel<T>(
  http: Http,
  folder: string,
  run: (io: ChannelIO & { events: Events }) => Promise<T>,
  env: Record<string, string> = { NPM_TOKEN: 'npm_forTestsOnly' },
): Promise<T> {
  const events = new Events()
  return events.task('test', (task) =>
    run({
      http,
      credentials: credentialsOf(env),
      signal: new AbortController().signal,
      clock: () => new Date('2026-01-02T03:04:05Z'),
      task,
      folder,
      events,
    }),
  )
}
