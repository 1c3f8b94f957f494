import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import type { RunResult } from '../../external/process.ts'
import { run } from '../../external/process.ts'
import { hashFile } from '../../formats/hash.ts'
import type { Unit } from '../spoke.ts'
import type { ClientIO, ClientResult, World } from '../world.ts'
import { packedSnap, programOf } from './pack.ts'
import type { SnapRevisionUnit, SnapUnit } from './unit.ts'
import { snapServer } from './world-server.ts'
import { REHEARSAL_CREDENTIALS } from './world-state.ts'

/** The store on loopback, and the real `snap`, which reads what the store gives: to install it takes the snaps of a base. */
export const snapWorld: World = {
  server: snapServer,
  client: installed,
  credential: () => REHEARSAL_CREDENTIALS,
  lacks: () => (onPath('mksquashfs') ? undefined : 'no mksquashfs on this machine'),
}

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((one) => existsSync(join(one, name)) || existsSync(join(one, `${name}.exe`)))
}

const ARCHES: Partial<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'armhf',
  s390x: 's390x',
  ia32: 'i386',
}

async function installed(units: Unit[], _settings: unknown, io: ClientIO): Promise<ClientResult | { skipped: string }> {
  const revisions = (units as SnapUnit[]).filter((one): one is SnapRevisionUnit => one.role === 'revision')
  const unit = revisions.find((one) => one.arch === ARCHES[process.arch]) ?? revisions[0]
  if (unit === undefined) return { skipped: 'there is no snap' }
  const start = (...argv: string[]): Promise<RunResult> =>
    run(argv, { cwd: io.folder, env: io.env, signal: io.signal, timeout: 180_000 })
  const version = await versionOf(io)
  if (version === undefined) return { skipped: 'snap is not on this machine' }
  const must = async (what: string, ...argv: string[]): Promise<RunResult> => {
    const result = await start(...argv)
    if (result.code === 0) return result
    throw new TagonceError('spoke', `${what} failed in the rehearsal`, { output: result.stderr || result.stdout })
  }
  const got = await fetchSnap(unit, io)
  const info = await must('snap info', 'snap', 'info', got)
  if (!info.stdout.includes(`name:`) || !info.stdout.includes(unit.version)) {
    throw new TagonceError('spoke', `snap info tells another snap`, { output: info.stdout })
  }
  const out = join(io.folder, 'unpacked')
  await must('unsquashfs', 'unsquashfs', '-n', '-q', '-d', out, got)
  const checked = await must('snap pack --check-skeleton', 'snap', 'pack', '--check-skeleton', out)
  // It tells a missing file and an unknown plug in words only.
  if (/does not exist|bad plugs or slots/.test(checked.stderr)) {
    throw new TagonceError('spoke', 'snap pack --check-skeleton found something', { output: checked.stderr })
  }
  const [program] = unit.one.programs
  if (program === undefined) return { skipped: 'the snap has no program' }
  const { sha256 } = (await hashFile(join(out, program.name), ['sha256'])).digests
  const sealed = programOf(unit, io.hub, program.name, program.artifact).sha256
  if (sha256 !== sealed) {
    throw new TagonceError('spoke', `the snap holds ${program.name} with sha256 ${sha256}, the hub's has ${sealed}`)
  }
  const started = unit.arch === ARCHES[process.arch] ? await start(join(out, program.name), '--version') : undefined
  const ran = started === undefined ? '' : `; ${program.name} --version ended with ${started.code}`
  return {
    client: 'snap',
    version,
    proof: 'read by its client',
    what: `snap info, snap pack --check-skeleton and unsquashfs of what the store gives${ran}`,
    sha256,
  }
}

/** snapd's own note of its version; `snap version` waits for half a minute where no daemon runs. */
async function versionOf(io: ClientIO): Promise<string | undefined> {
  const known = (io.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'snap')))
  if (!known) return undefined
  for (const file of ['/usr/lib/snapd/info', '/usr/libexec/snapd/info']) {
    const found = await readFile(file, 'utf8').then(
      (text) => /^VERSION=(\S+)$/m.exec(text)?.[1],
      () => undefined,
    )
    if (found !== undefined) return found
  }
  return 'of unknown version'
}

/** The snap from the address that the store names, by way of the proxy. */
async function fetchSnap(unit: SnapRevisionUnit, io: ClientIO): Promise<string> {
  const path = join(io.folder, `${unit.name}.snap`)
  const url = `https://api.snapcraft.io/v2/snaps/info/${unit.name}?fields=channel-map,revision,version,download`
  const curl = (...args: string[]): Promise<RunResult> =>
    run(['curl', '-fsSL', ...args], { cwd: io.folder, env: io.env, signal: io.signal, timeout: 180_000 })
  const answer = await curl('-H', 'Snap-Device-Series: 16', url)
  const rows = answer.code === 0 ? (JSON.parse(answer.stdout) as Info)['channel-map'] : []
  const row = rows.find((one) => one.channel.architecture === unit.arch && one.version === unit.version)
  if (row === undefined) {
    // In review: what was uploaded is read instead.
    const own = join(io.folder, 'own')
    await mkdir(own, { recursive: true })
    return (await packedSnap(unit, io.hub, { folder: own, signal: io.signal })).path
  }
  const fetched = await curl('-o', path, row.download.url)
  if (fetched.code !== 0)
    throw new TagonceError('spoke', `${row.download.url} could not be fetched`, { output: fetched.stderr })
  const { digests } = await hashFile(path, ['sha3-384'])
  if (digests['sha3-384'] === row.download['sha3-384']) return path
  throw new TagonceError('spoke', `the store gives a snap of another digest than it says`)
}

interface Info {
  'channel-map': { channel: { architecture: string }; version: string; download: { url: string; 'sha3-384': string } }[]
}
