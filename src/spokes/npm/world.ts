import { createRequire } from 'node:module'
import { mkdir } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import type { RunResult } from '../../external/process.ts'
import { run } from '../../external/process.ts'
import { hashFile } from '../../formats/hash.ts'
import { identityCredential } from '../shared/world-identity.ts'
import type { Unit } from '../spoke.ts'
import type { ClientIO, ClientResult, World } from '../world.ts'
import { cacheVariable } from './content.ts'
import { programIn } from './program.ts'
import { instructionsOf } from './instructions.ts'
import { platformPackage, programPath } from './platforms.ts'
import type { NpmPlatform } from './platforms.ts'
import { parseSettings } from './settings.ts'
import type { NpmSettings } from './settings.ts'
import { npmRegistryServer } from './world-server.ts'

/** The registry on loopback, and the real npm, which installs from it as a user does. */
export const npmWorld: World = { server: npmRegistryServer, credential: identityCredential, client: installed }

async function installed(_units: Unit[], settings: unknown, io: ClientIO): Promise<ClientResult | { skipped: string }> {
  const npm = parseSettings(settings)
  const platform = npm.platforms.find((one) => one.os === process.platform && one.cpu.includes(process.arch))
  const program = platform?.programs[0]
  if (platform === undefined || program === undefined) {
    return {
      skipped: `${npm.name} has no program for ${process.platform}-${process.arch}, so npm has nothing to run here`,
    }
  }
  const prefix = join(io.folder, 'prefix')
  await mkdir(prefix, { recursive: true })
  const env = quiet(npm, io)
  const start = (argv: string[]): Promise<RunResult> =>
    run(argv, { cwd: io.folder, env, signal: io.signal, timeout: 180_000 })
  const version = await start(['npm', '--version']).catch(() => undefined)
  if (version === undefined || version.code !== 0) return { skipped: 'npm is not on this machine' }
  const exact = `${npm.name}@${npm.version}`
  const typed = instructionsOf(io.hub.manifest, npm)[0]?.command ?? ''
  const install = await start(typed.split(' '))
  if (install.code !== 0) {
    throw new TagonceError('spoke', `${typed} failed in the rehearsal`, {
      output: install.stderr || install.stdout,
    })
  }
  const windows = process.platform === 'win32'
  const started = await start([
    windows ? join(prefix, `${program.name}.cmd`) : join(prefix, 'bin', program.name),
    '--version',
  ])
  const native = nativeProgram(npm, platform, prefix, env, io)
  const { binary } = programIn(io.hub.manifest, program)
  const sha256 = await hashFile(native, ['sha256']).then(
    ({ digests }) => digests.sha256,
    () => undefined,
  )
  if (sha256 === undefined) {
    throw new TagonceError('spoke', `${exact} was installed, but ${program.name} could not be run`, {
      output: started.stderr,
    })
  }
  if (sha256 !== binary.sha256) {
    throw new TagonceError(
      'spoke',
      `npm installed ${program.name} with sha256 ${sha256}, the hub's has ${binary.sha256}`,
    )
  }
  return {
    client: 'npm',
    version: version.stdout.trim(),
    proof: 'installed by its client',
    what: `${typed}; ${program.name} --version ended with ${started.code}`,
    sha256,
  }
}

/** The program as it was installed: in the platform's package, or in the folder of downloads. */
function nativeProgram(
  npm: NpmSettings,
  platform: NpmPlatform,
  prefix: string,
  env: Record<string, string>,
  io: ClientIO,
): string {
  const [program] = platform.programs
  const file = programPath(program?.name ?? '', platform.os)
  if (npm.mode === 'download') {
    const { binary } = programIn(io.hub.manifest, program ?? { name: '', artifact: '' })
    return join(env[cacheVariable(npm.name)] ?? '', binary.sha256.slice(0, 16), file.slice('bin/'.length))
  }
  const modules = process.platform === 'win32' ? join(prefix, 'node_modules') : join(prefix, 'lib', 'node_modules')
  const main = createRequire(join(modules, npm.name, 'package.json'))
  try {
    return main.resolve(`${platformPackage(npm.name, platform.word)}/${file}`)
  } catch {
    return ''
  }
}

/** The client's environment, with nothing that takes time or asks elsewhere, and the folder of downloads here. */
function quiet(npm: NpmSettings, io: ClientIO): Record<string, string> {
  return {
    ...io.env,
    // The npm of the Node.js that runs this, where it has one.
    PATH: [dirname(process.execPath), io.env['PATH'] ?? ''].join(delimiter),
    // So that the command is the one that users are told; none of our packages has a script.
    npm_config_prefix: join(io.folder, 'prefix'),
    npm_config_ignore_scripts: 'true',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    // With its own default npm waits for most of a minute before it says that it was refused.
    npm_config_fetch_retries: '0',
    [cacheVariable(npm.name)]: join(io.folder, 'programs'),
  }
}
