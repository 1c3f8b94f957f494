import { createHash } from 'node:crypto'
import { chown, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { tempFolder } from '../../core/temp.ts'
import { run, type RunResult } from '../../external/process.ts'
import { toolVersion } from '../shared/tool-version.ts'
import type { Unit } from '../unit.ts'
import type { ClientIO, ClientResult } from '../world.ts'
import type { AurUnit } from './unit.ts'

/** Who builds where this process is root: makepkg refuses to be. */
const NOBODY = 65534
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
/** Arch's words for Node's architectures. */
const ARCHES: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686', arm: 'armv7h' }

/**
 * What a user of Arch does: clones the package, lets makepkg build it, and pacman install it below a private root. The `.SRCINFO` must
 * be what makepkg prints, and the programs must be the hub's.
 */
export async function aurClient(
  units: Unit[],
  _settings: unknown,
  io: ClientIO,
): Promise<ClientResult | { skipped: string }> {
  const version = await toolVersion('makepkg', io)
  if (version === undefined) return { skipped: 'no makepkg on this machine' }
  const isRoot = process.getuid?.() === 0
  if (isRoot && !(await starts(['setpriv', '--version'], io)))
    return { skipped: 'no setpriv: makepkg does not run as root' }
  const done: string[] = []
  let installed: string | undefined
  for (const unit of units as AurUnit[]) {
    await using temp = await tempFolder('aur')
    const user = await userOf(io, temp.path, isRoot)
    const where = await clone(unit, user)
    await compareSrcinfo(unit, where, user)
    const arch = archOf(unit)
    if (arch === undefined) {
      done.push(`${unit.name} cloned, .SRCINFO as makepkg prints it; it is for other processors than this one`)
      continue
    }
    const lack = await lacking(unit, user)
    if (lack !== undefined) {
      done.push(`${unit.name} cloned, .SRCINFO as makepkg prints it; not built, since there is ${lack}`)
      continue
    }
    const built = await build(unit, where, arch, user)
    installed = await install(unit, built, arch, join(temp.path, 'root'), io)
    done.push(`${unit.name} cloned, built by makepkg, installed by pacman, run`)
  }
  const proof = installed === undefined ? 'read by its client' : 'installed by its client'
  const digest = installed === undefined || installed === '' ? {} : { sha256: installed }
  return { client: 'makepkg', version, proof, what: done.join('; '), ...digest }
}

/** A plain user with a home of its own. */
interface User {
  home: string
  io: ClientIO
  env: Record<string, string>
  prefix: string[]
}

async function userOf(io: ClientIO, folder: string, isRoot: boolean): Promise<User> {
  const home = join(folder, 'home')
  await mkdir(home)
  // The folders of XDG stand where a plain user of this machine may not write; without them all is below the home.
  const plain = Object.entries(io.env).filter(([name]) => !name.startsWith('XDG_'))
  const env: Record<string, string> = { ...Object.fromEntries(plain), HOME: home, LC_ALL: 'C' }
  const authority = join(home, 'ca.pem')
  // The one of the world stands where a plain user of this machine may not read.
  if (env['CURL_CA_BUNDLE'] !== undefined) await copyFile(env['CURL_CA_BUNDLE'], authority)
  for (const name of [
    'CURL_CA_BUNDLE',
    'SSL_CERT_FILE',
    'GIT_SSL_CAINFO',
    'REQUESTS_CA_BUNDLE',
    'NODE_EXTRA_CA_CERTS',
  ]) {
    if (env[name] !== undefined) env[name] = authority
  }
  // Stripping would change the program; the user's own makepkg.conf decides about that.
  const config = `. /etc/makepkg.conf\nOPTIONS=(!strip !debug !libtool !docs !purge !zipman)\nPKGEXT=.pkg.tar.gz\n`
  await writeFile(join(home, 'makepkg.conf'), config)
  if (isRoot) for (const path of [folder, home, authority]) await chown(path, NOBODY, NOBODY).catch(() => {})
  return { home, io, env, prefix: isRoot ? AS_NOBODY : [] }
}

async function as(
  user: User,
  argv: string[],
  more: { cwd?: string; env?: Record<string, string> } = {},
): Promise<RunResult> {
  const { cwd = user.home, env = {} } = more
  return run([...user.prefix, ...argv], { cwd, env: { ...user.env, ...env }, signal: user.io.signal, timeout: 600_000 })
}

async function clone({ name }: AurUnit, user: User): Promise<string> {
  const folder = join(user.home, name)
  const cloned = await as(user, ['git', 'clone', '--quiet', `https://aur.archlinux.org/${name}.git`, folder])
  if (cloned.code !== 0) throw failed(`${name} can't be cloned`, cloned)
  return folder
}

async function compareSrcinfo({ name }: AurUnit, folder: string, user: User): Promise<void> {
  const printed = await as(user, ['makepkg', '--config', join(user.home, 'makepkg.conf'), '--printsrcinfo'], {
    cwd: folder,
  })
  if (printed.code !== 0) throw failed(`makepkg can't read the PKGBUILD of ${name}`, printed)
  const ours = await readFile(join(folder, '.SRCINFO'), 'utf8')
  if (printed.stdout === ours) return
  const theirs = printed.stdout.split('\n')
  const at = ours.split('\n').findIndex((line, index) => line !== theirs[index])
  const shown = `line ${at + 1} is ${JSON.stringify(ours.split('\n')[at])}, makepkg prints ${JSON.stringify(theirs[at])}`
  throw new TagonceError('spoke', `${name}: the .SRCINFO is not what makepkg prints: ${shown}`)
}

/** This machine's architecture, where the package is for it. */
function archOf(unit: AurUnit): string | undefined {
  const srcinfo = unit.files.find((one) => one.path === '.SRCINFO')?.content ?? ''
  const arches = new Set([...srcinfo.matchAll(/^\tarch = (.*)$/gm)].map((one) => one[1]))
  const own = ARCHES[process.arch]
  return own !== undefined && (arches.has(own) || arches.has('any')) ? own : undefined
}

/** A tool that building needs, and that is not here. */
async function lacking(unit: AurUnit, user: User): Promise<string | undefined> {
  const srcinfo = unit.files.find((one) => one.path === '.SRCINFO')?.content ?? ''
  for (const [, tool = ''] of srcinfo.matchAll(/^\tmakedepends = ([\w-]+)/gm)) {
    if (!(await starts([...user.prefix, 'sh', '-c', 'command -v "$1" >/dev/null', 'sh', tool], user.io)))
      return `no ${tool}`
  }
  return undefined
}

async function build({ name }: AurUnit, folder: string, arch: string, user: User): Promise<string> {
  const argv = [
    'makepkg',
    '--config',
    join(user.home, 'makepkg.conf'),
    '--force',
    '--nodeps',
    '--noconfirm',
    '--nocolor',
  ]
  const built = await as(user, argv, { cwd: folder, env: { CARCH: arch } })
  if (built.code !== 0) throw failed(`makepkg can't build ${name}`, built)
  const made = (await readdir(folder)).find((one) => one.endsWith('.pkg.tar.gz'))
  if (made === undefined) throw failed(`makepkg made no package of ${name}`, built)
  return join(folder, made)
}

/** Installs below a private root; the digest of the first program that the hub knows. */
async function install(unit: AurUnit, file: string, arch: string, root: string, io: ClientIO): Promise<string> {
  const at = (path: string): string => join(root, path)
  await mkdir(at('var/lib/pacman'), { recursive: true })
  await mkdir(at('var/cache'), { recursive: true })
  await writeFile(at('pacman.conf'), `[options]\nArchitecture = ${arch}\nLocalFileSigLevel = Never\nSigLevel = Never\n`)
  const roots = [
    '--root',
    root,
    '--dbpath',
    at('var/lib/pacman'),
    '--cachedir',
    at('var/cache'),
    '--config',
    at('pacman.conf'),
  ]
  const more = ['--logfile', at('pacman.log'), '--gpgdir', at('gpg'), '--hookdir', at('hooks')]
  const isRoot = process.getuid?.() === 0
  const argv = [
    'pacman',
    '-U',
    '--noconfirm',
    '--nodeps',
    '--nodeps',
    '--noscriptlet',
    '--noprogressbar',
    ...roots,
    ...more,
  ]
  const result = await run([...(isRoot ? [] : ['fakeroot', '--']), ...argv, file], {
    env: { ...io.env, LC_ALL: 'C' },
    signal: io.signal,
    timeout: 120_000,
  })
  if (result.code !== 0) throw failed(`pacman can't install ${unit.name}`, result)
  const known = new Set(io.hub.manifest.artifacts.flatMap((one) => one.binaries.map(({ sha256 }) => sha256)))
  const isSource = unit.downloads.some((one) => one.platform === 'sources')
  const programs = await readdir(at('usr/bin')).catch(() => [])
  if (programs.length === 0) throw new TagonceError('spoke', `${unit.name} installs no program`)
  let found = ''
  for (const program of programs) {
    const sha256 = createHash('sha256')
      .update(await readFile(at(`usr/bin/${program}`)))
      .digest('hex')
    if (known.has(sha256)) found ||= sha256
    else if (!isSource)
      throw new TagonceError('spoke', `${unit.name}: usr/bin/${program} has sha256 ${sha256}, which the hub has not`)
    // Whatever it answers: it starts.
    await run([at(`usr/bin/${program}`), '--version'], { env: io.env, signal: io.signal, timeout: 20_000 })
  }
  return found
}

async function starts(argv: string[], io: ClientIO): Promise<boolean> {
  try {
    return (await run(argv, { env: io.env, signal: io.signal, timeout: 20_000 })).code === 0
  } catch (error) {
    if (error instanceof TagonceError && error.code === 'tool-missing') return false
    throw error
  }
}

function failed(what: string, { stdout, stderr }: RunResult): TagonceError {
  const output = `${stdout}${stderr}`
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  // bash's own words come before those of makepkg.
  const why = lines.find((line) => /^\S*PKGBUILD: line |: error:|not found|No such file/.test(line))
  const last = lines.findLastIndex((line) => /ERROR|error/.test(line))
  // What failed in a function of the PKGBUILD stands before the line that says so.
  const at = /A failure occurred in/.test(lines[last] ?? '') ? last - 1 : last
  return new TagonceError('spoke', `${what}: ${(why ?? lines.at(at) ?? '').trim()}`, { output })
}
