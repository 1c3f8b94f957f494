import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import type { RunResult } from '../../external/process.ts'
import { run } from '../../external/process.ts'
import { hashFile } from '../../formats/hash.ts'
import { identityCredential } from '../shared/world-identity.ts'
import type { Unit } from '../spoke.ts'
import type { ClientIO, ClientResult, World } from '../world.ts'
import { cacheVariable } from './content.ts'
import type { PypiPlatform } from './platforms.ts'
import { instructionsOf } from './instructions.ts'
import { parseSettings } from './settings.ts'
import type { PypiSettings } from './settings.ts'
import { programIn } from './units.ts'
import { pypiServer } from './world-server.ts'

/** The index on loopback, and the real pip, which installs from it into a virtual environment as a user does. */
export const pypiWorld: World = {
  server: pypiServer,
  credential: identityCredential,
  hosts: (settings) => {
    const { index } = parseSettings(settings)
    return index.kind === 'other' ? [new URL(index.upload).host] : []
  },
  client: installed,
}

async function installed(_units: Unit[], settings: unknown, io: ClientIO): Promise<ClientResult | { skipped: string }> {
  const pypi = parseSettings(settings)
  const platform = platformHere(pypi)
  const [command] = pypi.commands
  const program = platform?.programs.find((one) => one.name === command?.program)
  if (platform === undefined || program === undefined || command === undefined)
    return {
      skipped: `${pypi.name} has no program for ${process.platform}-${process.arch}, so pip has nothing to run here`,
    }
  const windows = process.platform === 'win32'
  const venv = join(io.folder, 'venv')
  const bin = join(venv, windows ? 'Scripts' : 'bin')
  const ending = windows ? '.exe' : ''
  const env = {
    ...io.env,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_NO_CACHE_DIR: '1',
    [cacheVariable(pypi.name)]: join(io.folder, 'programs'),
  }
  const start = (argv: string[]): Promise<RunResult> =>
    run(argv, { cwd: io.folder, env, signal: io.signal, timeout: 180_000 })
  const python = windows ? 'python' : 'python3'
  // A pip of this machine that installs into another environment (22.3 and later) saves making one there.
  const own = await start([python, '-m', 'pip', '--version']).catch(() => undefined)
  if (own === undefined) return { skipped: `${python} is not on this machine` }
  const [, major = 0, minor = 0] = (/^pip (\d+)\.(\d+)/.exec(own.stdout) ?? []).map(Number)
  const outside = own.code === 0 && (major > 22 || (major === 22 && minor >= 3))
  const made = await start([python, '-m', 'venv', ...(outside ? ['--without-pip'] : []), venv])
  if (made.code !== 0)
    return { skipped: `${python} makes no virtual environment here: ${(made.stderr || made.stdout).slice(0, 200)}` }
  const inner = join(bin, `python${ending}`)
  const pip = outside ? [python, '-m', 'pip', '--python', inner] : [inner, '-m', 'pip']
  const version = await start([...pip, '--version'])
  const exact = `${pypi.name}==${pypi.version}`
  const typed = instructionsOf(io.hub.manifest, pypi)[0]?.command ?? ''
  const install = await start([...pip, ...typed.split(' ').slice(1)])
  if (install.code !== 0)
    throw new TagonceError('spoke', `${typed} failed in the rehearsal`, {
      output: install.stderr || install.stdout,
    })
  const script = join(bin, `${command.name}${ending}`)
  const started = await start([script, '--version'])
  const { binary } = programIn(io.hub.manifest, program)
  const native =
    pypi.mode === 'wheel' ? script : join(io.folder, 'programs', binary.sha256.slice(0, 16), `${program.name}${ending}`)
  const sha256 = await hashFile(native, ['sha256']).then(
    ({ digests }) => digests.sha256,
    () => undefined,
  )
  if (sha256 !== binary.sha256) {
    const what =
      sha256 === undefined
        ? `${command.name} could not be run`
        : `${command.name} has sha256 ${sha256}, the hub's has ${binary.sha256}`
    throw new TagonceError('spoke', `pip installed ${exact}, but ${what}`, { output: started.stderr })
  }
  return {
    client: 'pip',
    version: /^pip (\S+)/.exec(version.stdout)?.[1] ?? 'unknown',
    proof: 'installed by its client',
    what: `${typed} into a virtual environment; ${command.name} --version ended with ${started.code}`,
    sha256,
  }
}

/** The platform whose programs run on this machine. */
export function platformHere(settings: PypiSettings): PypiPlatform | undefined {
  const os = {
    linux: 'linux',
    darwin: settings.mode === 'wheel' ? 'macos' : 'darwin',
    win32: settings.mode === 'wheel' ? 'windows' : 'win32',
  }
  const arch: Record<string, string[]> = {
    x64: ['amd64', 'x86_64', 'universal2'],
    arm64: ['arm64', 'aarch64', 'universal2'],
    ia32: ['386', 'i686', 'x86'],
    arm: ['armv7', 'armv7l'],
  }
  return settings.platforms.find(
    (one) =>
      one.os === (os as Record<string, string>)[process.platform] &&
      one.arch.some((word) => arch[process.arch]?.includes(word)),
  )
}
