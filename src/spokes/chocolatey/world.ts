import { readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { existsSync } from 'node:fs'
import { TagonceError } from '../../core/errors.ts'
import type { RunResult } from '../../external/process.ts'
import { run } from '../../external/process.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import type { Unit } from '../spoke.ts'
import type { ClientIO, ClientResult, World } from '../world.ts'
import { feedOf } from './feed.ts'
import { chocolateySettings } from './settings.ts'
import type { ChocolateyUnit } from './unit.ts'
import { chocolateyServer } from './world-server.ts'

/** The gallery on loopback, and the real NuGet client, whose library `choco` is built on: `choco` itself runs on Windows only. */
export const chocolateyWorld: World = {
  server: chocolateyServer,
  hosts: (settings) => {
    const { sourceRepo } = parseSettings(chocolateySettings, 'chocolatey', settings)
    return feedOf(sourceRepo).community ? [] : [new URL(sourceRepo).host]
  },
  client: installed,
  // The gallery takes nothing else for a key.
  credential: () => '7e0ea15a-7a90-4ce0-a11c-0f7e4ea25a1d',
}

/** Older ones know neither the nuspec of 2015/06 nor TLS as it is today. */
const OLDEST = 4

/** How the NuGet client is started here: `NUGET` names it, else it is looked for; an `.exe` needs mono elsewhere than on Windows. */
export function nugetCommand(env: Record<string, string | undefined>, path: string): string[] | undefined {
  const named = env['NUGET'] ?? ''
  const folders = path.split(delimiter).flatMap((folder) => [join(folder, 'nuget.exe'), join(folder, 'nuget')])
  const file = [named, ...folders].find((one) => one !== '' && existsSync(one))
  if (file === undefined) return undefined
  return file.endsWith('.exe') && process.platform !== 'win32' ? ['mono', file] : [file]
}

async function installed(units: Unit[], _settings: unknown, io: ClientIO): Promise<ClientResult | { skipped: string }> {
  const [unit] = units as ChocolateyUnit[]
  const command = nugetCommand(process.env, io.env['PATH'] ?? '')
  if (unit === undefined || command === undefined) {
    return { skipped: 'NuGet is not on this machine (nuget.exe and mono; NUGET names it)' }
  }
  const start = (...args: string[]): Promise<RunResult> =>
    run([...command, ...args], { cwd: io.folder, env: io.env, signal: io.signal, timeout: 180_000 })
  const help = await start('help').catch(() => undefined)
  const version = /version:?\s*(\d+(?:\.\d+)*)/i.exec(help?.stdout ?? '')?.[1]
  if (version === undefined) return { skipped: 'NuGet does not start here: mono or a part of it is missing' }
  if (Number(version.split('.')[0]) < OLDEST) return { skipped: `NuGet ${version} is too old, ${OLDEST} is needed` }
  await trustWorld(io)
  const config = join(io.folder, 'nuget.config')
  // Without its own list the client asks its default gallery as well.
  await writeFile(config, '<configuration><packageSources><clear /></packageSources></configuration>\n')
  const out = join(io.folder, 'packages')
  const feed = feedOf(unit.settings.sourceRepo).read
  const common = ['-Source', feed, '-ConfigFile', config, '-NonInteractive']
  const exact = ['install', unit.name, '-Version', unit.version, '-Prerelease', '-OutputDirectory', out, '-NoCache']
  const install = await start(...exact, ...common)
  if (install.code !== 0) {
    throw new TagonceError('spoke', `nuget install ${unit.name} ${unit.version} failed in the rehearsal`, {
      output: install.stderr || install.stdout,
    })
  }
  const script = unit.files.find((one) => one.path.endsWith('.ps1'))
  const got = await readFile(join(out, `${unit.name}.${unit.version}`, ...(script?.path.split('/') ?? [])), 'utf8')
  if (got !== script?.content) throw new TagonceError('spoke', `nuget installed another ${script?.path ?? 'script'}`)
  const lacking = unit.downloads.find((one) => !got.includes(one.url) || !got.includes(one.sha256))
  if (lacking !== undefined)
    throw new TagonceError('spoke', `the script does not name ${lacking.artifact} with its digest`)
  return {
    client: 'NuGet',
    version,
    proof: 'read by its client',
    what: `nuget install ${unit.name} -Version ${unit.version} from ${feed}; its script is ours`,
  }
}

/** Mono reads a store of its own below HOME; `cert-sync` fills it. */
async function trustWorld(io: ClientIO): Promise<void> {
  const ca = io.env['SSL_CERT_FILE']
  if (ca === undefined || process.platform === 'win32') return
  const synced = await run(['cert-sync', '--user', ca], { cwd: io.folder, env: io.env, signal: io.signal }).catch(
    () => undefined,
  )
  if (synced?.code !== 0) {
    throw new TagonceError('spoke', 'cert-sync of mono could not add the certificate of the rehearsal', {
      output: synced?.stderr ?? '',
    })
  }
}
