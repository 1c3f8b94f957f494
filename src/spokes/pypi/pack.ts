import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TagonceError } from '../../core/errors.ts'
import { hashFile } from '../../formats/hash.ts'
import type { WheelContent } from '../../formats/wheel-reader.ts'
import { readWheel } from '../../formats/wheel-reader.ts'
import { wheel } from '../../formats/wheel.ts'
import type { HubReader } from '../../hub/hub.ts'
import { oncePerRun } from '../shared/once-per-run.ts'
import type { ChannelIO } from '../spoke.ts'
import { contentOf } from './content.ts'
import type { Expected } from './content.ts'
import type { WheelUnit } from './units.ts'

/** A wheel on disk. */
export interface Packed {
  path: string
  size: number
  /** Hex. */
  sha256: string
  /** sha256 of its RECORD: the same whatever compressed it. */
  record: string
  expected: Expected[]
  readme: string
}

/** https://docs.pypi.org/project-management/storage-limits/ */
const MOST = 100 * 1024 * 1024

const once = oncePerRun<Packed>()

/** A wheel in the run's folder, made once for each hub. */
export function packed(unit: WheelUnit, hub: HubReader, io: ChannelIO): Promise<Packed> {
  return once(hub, unit.id, () => pack(unit, hub, io))
}

async function pack(unit: WheelUnit, hub: HubReader, io: ChannelIO): Promise<Packed> {
  const { wheel: content, expected, readme } = await contentOf(unit, hub)
  const path = join(io.folder, unit.file)
  await pipeline(wheel(content), createWriteStream(path), { signal: io.signal })
  const { size, digests } = await hashFile(path, ['sha256'])
  if (size > MOST && unit.settings.index.kind !== 'other') {
    const message = `${unit.file} has ${Math.ceil(size / 1024 / 1024)} MiB; PyPI takes files up to 100`
    throw new TagonceError('spoke', message, {
      hint: 'strip the program, ask for a higher limit (https://docs.pypi.org/project-management/storage-limits/), or set mode: download',
    })
  }
  const inside = await readWheel(path)
  const problem = lacking(inside, expected)
  if (problem !== undefined) throw new TagonceError('pack', `${unit.id}: ${problem}`)
  return { path, size, sha256: digests.sha256, record: inside.record, expected, readme }
}

/** Why a wheel is not what users need: each program there, executable, with the hub's digest. */
export function lacking({ files }: WheelContent, expected: Expected[]): string | undefined {
  for (const { path, executable, sha256 } of expected) {
    const file = files.get(path)
    if (file === undefined) return `${path} is not in the wheel`
    if (executable && (file.mode & 0o111) !== 0o111) return `${path} is not executable`
    if (sha256 !== undefined && file.sha256 !== sha256)
      return `${path} has sha256 ${file.sha256}, the hub's has ${sha256}`
  }
  return undefined
}
