import { createWriteStream } from 'node:fs'
import { copyFile, chmod, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Artifact, BinaryInside } from '../core/artifact.ts'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { Downloaded } from '../external/download.ts'
import { fileChunks } from '../formats/file-chunks.ts'
import { gunzip } from '../formats/gzip.ts'
import { digester } from '../formats/hash.ts'
import { tarMember } from '../formats/tar-reader.ts'
import { unxz } from '../formats/unxz.ts'
import { zipMember } from '../formats/zip-reader.ts'
import { unzstd } from '../formats/zstd.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import type { HubReader } from './hub.ts'

export interface ReaderSource {
  manifest: Manifest
  /** A private folder; the manifest lies in it under its own name. */
  folder: string
  address: (name: string) => string
  /** Brings an asset into a file. */
  fetch: (name: string, path: string) => Promise<Downloaded>
}

/** The read side of any hub: every byte is checked against the manifest before anyone sees it, and fetched once a run. */
export function hubReader({ manifest, folder, address, fetch }: ReaderSource): HubReader {
  const once = onceEach()

  const file = async (name: string): Promise<string> => {
    const path = inside(folder, name)
    if (name === MANIFEST_NAME) return path
    const artifact = artifactOf(manifest, name)
    return once(name, async () => {
      const got = await fetch(name, path)
      if (got.status !== 200)
        throw new TagonceError('hub', `${name} is missing in the hub (${got.status}): ${address(name)}`)
      if (got.size !== artifact.size || got.sha256 !== artifact.sha256) {
        await rm(path, { force: true })
        throw differs(name, got, artifact)
      }
      return path
    })
  }

  return {
    manifest,
    address,
    file,
    async binary(artifact, pathInside) {
      const known = artifactOf(manifest, artifact.name)
      const binary = known.binaries.find((one) => one.path === pathInside)
      if (binary === undefined) throw new TagonceError('manifest', `${known.name} holds no binary ${pathInside}`)
      return once(`${known.name}\0${pathInside}`, async () => {
        const archive = await file(known.name)
        const path = inside(join(folder, 'binaries', known.name), pathInside)
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await extract(known, binary, archive, path)
        await chmod(path, 0o755)
        return path
      })
    },
  }
}

async function extract(artifact: Artifact, binary: BinaryInside, archive: string, path: string): Promise<void> {
  const member = memberOf(artifact, binary.path, archive)
  if (member === null) return copyFile(archive, path)
  const hash = digester('sha256')
  let size = 0
  await pipeline(
    member,
    async function* checked(chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk)
        size += chunk.length
        // An archive that unpacks without end is stopped where the manifest says.
        if (size > binary.size)
          throw new TagonceError('hub', `${binary.path} in ${artifact.name} is longer than sealed`)
        yield chunk
      }
    },
    createWriteStream(path),
  )
  const got = { size, sha256: hash.hex() }
  if (got.size === binary.size && got.sha256 === binary.sha256) return
  await rm(path, { force: true })
  throw differs(`${binary.path} in ${artifact.name}`, got, binary)
}

/** The bytes of a member; null for a bare binary, whose file is the binary. */
function memberOf({ name, kind, format }: Artifact, path: string, archive: string): AsyncIterable<Uint8Array> | null {
  if (kind === 'binary' || format === 'binary') return null
  if (format === 'zip') return zipMember(archive, path)
  if (format === 'tar.gz' || format === 'tgz') return tarMember(gunzip(fileChunks(archive)), path)
  if (format === 'tar') return tarMember(fileChunks(archive), path)
  if (format === 'tar.xz' || format === 'txz') return tarMember(unxz(fileChunks(archive)), path)
  if (format === 'tar.zst' || format === 'tzst') return tarMember(unzstd(fileChunks(archive)), path)
  if (format === 'gz') return gunzip(fileChunks(archive))
  if (format === 'xz') return unxz(fileChunks(archive))
  throw new TagonceError('hub', `${name} is packed as ${format ?? 'nothing known'}, which is not read here`, {
    hint: 'add tar.gz or zip to archives[].formats',
  })
}

function artifactOf(manifest: Manifest, name: string): Artifact {
  const found = manifest.artifacts.find((one) => one.name === name)
  if (found === undefined) throw new TagonceError('manifest', `${name} is not in the manifest of ${manifest.tag}`)
  return found
}

function differs(
  what: string,
  got: { size: number; sha256: string },
  want: { size: number; sha256: string },
): TagonceError {
  const message = `${what} is not what was sealed: the hub has sha256:${got.sha256} (${got.size} bytes)`
  return new TagonceError('hub', `${message}, the manifest says sha256:${want.sha256} (${want.size} bytes)`, {
    hint: 'nothing is made of it: put the sealed file back, or tag a new version',
  })
}

/** Runs a piece of work once per key; one that failed may be tried again. */
function onceEach(): (key: string, work: () => Promise<string>) => Promise<string> {
  const running = new Map<string, Promise<string>>()
  return (key, work) => {
    const known = running.get(key)
    if (known !== undefined) return known
    const begun = work()
    running.set(key, begun)
    begun.catch(() => running.delete(key))
    return begun
  }
}
