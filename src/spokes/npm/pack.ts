import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TagonceError } from '../../core/errors.ts'
import type { NpmTarball } from '../../external/npm-registry.ts'
import { fileChunks } from '../../formats/file-chunks.ts'
import { gunzip } from '../../formats/gzip.ts'
import { digester, hashFile } from '../../formats/hash.ts'
import { npmTarball } from '../../formats/npm-tarball.ts'
import { readTar } from '../../formats/tar-reader.ts'
import type { HubReader } from '../../hub/hub.ts'
import { oncePerRun } from '../shared/once-per-run.ts'
import type { ChannelIO } from '../spoke.ts'
import { contentOf } from './content.ts'
import type { Expected } from './content.ts'
import type { NpmUnit } from './units.ts'

export interface Packed extends NpmTarball {
  /** `sha512:<hex>`. */
  digest: string
  /** sha256 of the tar inside: the same whatever compressed it. */
  tar: string
  expected: Expected[]
}

const once = oncePerRun<Packed>()

/** A package's tarball in the run's folder, made once for each hub. */
export function packed(unit: NpmUnit, hub: HubReader, io: ChannelIO): Promise<Packed> {
  return once(hub, unit.id, () => pack(unit, hub, io))
}

async function pack(unit: NpmUnit, hub: HubReader, io: ChannelIO): Promise<Packed> {
  const { manifest, files, expected } = await contentOf(unit, hub)
  const path = join(io.folder, `${unit.name.replace(/^@/, '').replace('/', '-')}-${unit.version}.tgz`)
  await pipeline(npmTarball(files), createWriteStream(path), { signal: io.signal })
  const { size, digests } = await hashFile(path, ['sha512', 'sha1'])
  const { tar, problem } = await inspectTarball(path, expected)
  if (problem !== undefined) throw new TagonceError('pack', `${unit.id}: ${problem}`)
  return {
    path,
    size,
    integrity: `sha512-${Buffer.from(digests.sha512, 'hex').toString('base64')}`,
    shasum: digests.sha1,
    digest: `sha512:${digests.sha512}`,
    manifest,
    tar,
    expected,
  }
}

/** Opens a tarball as an install does: each program there, executable, and with the hub's digest. */
export async function inspectTarball(path: string, expected: Expected[]): Promise<{ tar: string; problem?: string }> {
  const lacking = new Map(expected.map((one) => [`package/${one.path}`, one]))
  const whole = digester('sha256')
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of gunzip(fileChunks(path))) {
      whole.update(chunk)
      yield chunk
    }
  }
  let problem: string | undefined
  for await (const member of readTar(counted())) {
    const one = lacking.get(member.name)
    if (one === undefined) continue
    lacking.delete(member.name)
    const digest = digester('sha256')
    for await (const chunk of member.content) digest.update(chunk)
    const hex = digest.hex()
    if ((member.mode & 0o111) !== 0o111) problem ??= `${one.path} is not executable`
    if (one.sha256 !== undefined && hex !== one.sha256)
      problem ??= `${one.path} has sha256 ${hex}, the hub's has ${one.sha256}`
  }
  const [missing] = lacking.values()
  problem ??= missing === undefined ? undefined : `${missing.path} is not in the package`
  return { tar: whole.hex(), ...(problem === undefined ? {} : { problem }) }
}
