import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { TagonceError } from '../../core/errors.ts'
import { run } from '../../external/process.ts'
import { toolVersion } from '../shared/tool-version.ts'
import type { Unit } from '../spoke.ts'
import type { ClientIO, ClientResult } from '../world.ts'
import { DSL } from './dsl.ts'
import type { TapUnit } from './unit.ts'

/** 32-bit ARM is for formulas only: a cask can't tell it from the other. */
const PLATFORMS = {
  formula: ['darwin-arm64', 'darwin-amd64', 'linux-arm64', 'linux-amd64', 'linux-arm'],
  cask: ['darwin-arm64', 'darwin-amd64', 'linux-arm64', 'linux-amd64'],
}

const readBack = z.object({
  platform: z.string(),
  url: z.string().optional(),
  sha256: z.string().optional(),
  version: z.string().optional(),
  /** It depends on the other operating system. */
  refused: z.boolean().default(false),
  /** Source and name of each program that would be installed. */
  bin: z.array(z.tuple([z.string(), z.string()])).default([]),
})

type ReadBack = z.infer<typeof readBack>

/**
 * Lets Ruby evaluate each file as brew would on macOS and Linux, on ARM and Intel, compares what it would download with
 * the manifest, then fetches every URL with curl and hashes it.
 */
export async function homebrewClient(
  units: Unit[],
  _settings: unknown,
  io: ClientIO,
): Promise<ClientResult | { skipped: string }> {
  const ruby = await toolVersion('ruby', io)
  if (ruby === undefined) return { skipped: 'no ruby on this machine' }
  if ((await toolVersion('curl', io)) === undefined) return { skipped: 'no curl on this machine' }
  const files = units as TapUnit[]
  const urls = new Map<string, string>()
  for (const unit of files) {
    for (const [url, sha256] of await evaluate(unit, io)) urls.set(url, sha256)
  }
  const fetchable = files.every((unit) => unit.unfetchable === '')
  if (fetchable) await Promise.all([...urls].map(([url, sha256]) => fetchAndCompare(url, sha256, io)))
  const names = files.map((unit) => unit.path).join(', ')
  const fetched = fetchable ? `${urls.size} URLs fetched and hashed` : 'URLs not fetched: they need credentials'
  const what = `${names} evaluated for macOS and Linux on ARM and Intel; ${fetched}`
  return { client: 'ruby', version: ruby, proof: 'read by its client', what }
}

/** What each platform downloads, checked against the unit. */
async function evaluate(unit: TapUnit, io: ClientIO): Promise<Map<string, string>> {
  const folder = join(io.folder, unit.kind)
  const file = join(folder, unit.path.replaceAll('/', '-'))
  const dsl = join(folder, 'dsl.rb')
  await mkdir(folder, { recursive: true })
  await writeFile(file, unit.content)
  await writeFile(dsl, DSL)
  const result = await run(['ruby', '-W0', dsl, file, ...PLATFORMS[unit.kind]], {
    env: io.env,
    signal: io.signal,
    timeout: 60_000,
  })
  if (result.code !== 0) {
    throw new TagonceError('spoke', `Ruby can't read ${unit.path}`, { output: result.stderr })
  }
  const platforms = result.stdout.trim().split('\n')
  const urls = new Map<string, string>()
  for (const line of platforms) {
    const seen = readBack.parse(JSON.parse(line))
    const wanted = wantedBy(unit, seen.platform)
    compare(unit, seen, wanted, io)
    if (wanted !== undefined) urls.set(wanted.url, wanted.sha256)
  }
  return urls
}

/** A universal program serves both; a formula gives the Intel program to every Mac where it is the only one. */
function wantedBy(unit: TapUnit, platform: string): TapUnit['downloads'][number] | undefined {
  const [goos = '', goarch = ''] = platform.split('-')
  const of = (arch: string): TapUnit['downloads'][number] | undefined =>
    unit.downloads.find((one) => one.platform === `${goos}/${arch}`)
  const fallback = goos === 'darwin' && unit.kind === 'formula' ? of('amd64') : undefined
  return of('all') ?? of(goarch) ?? fallback
}

function compare(unit: TapUnit, seen: ReadBack, wanted: TapUnit['downloads'][number] | undefined, io: ClientIO): void {
  const expect = (what: string, got: string | undefined, want: string | undefined): void => {
    if (got === want) return
    throw new TagonceError(
      'spoke',
      `${unit.path} on ${seen.platform}: ${what} is ${got ?? 'nothing'}, not ${want ?? 'nothing'}`,
    )
  }
  expect('version', seen.version, unit.version)
  expect('url', seen.refused ? undefined : seen.url, wanted?.url)
  expect('sha256', seen.refused ? undefined : seen.sha256, wanted?.sha256)
  if (wanted === undefined) return
  if (seen.bin.length === 0) expect('what is installed', undefined, 'a program')
  const artifact = io.hub.manifest.artifacts.find((one) => one.name === wanted.artifact)
  const inside = (artifact?.binaries ?? []).map((one) => one.path)
  for (const [source] of seen.bin) {
    // Brew enters a folder that holds everything; a cask renames it away.
    if (!inside.some((path) => path === source || path.endsWith(`/${source}`))) {
      expect(`the program in ${wanted.artifact}`, source, inside.join(', ') || undefined)
    }
  }
}

async function fetchAndCompare(url: string, sha256: string, io: ClientIO): Promise<void> {
  const name = createHash('sha256').update(url).digest('hex')
  const path = join(io.folder, name)
  const result = await run(['curl', '--fail', '--silent', '--show-error', '--location', '--output', path, url], {
    env: io.env,
    signal: io.signal,
    timeout: 300_000,
  })
  if (result.code !== 0) throw new TagonceError('spoke', `curl can't fetch ${url}`, { output: result.stderr })
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  const got = hash.digest('hex')
  if (got !== sha256) throw new TagonceError('spoke', `${url} has sha256 ${got}, not ${sha256}`)
}
