import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { download } from '../external/download.ts'
import type { Downloaded } from '../external/download.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import { readManifest } from '../manifest/read.ts'
import type { HubSettings } from '../plan/plan.ts'
import { assetAddress, releaseAddress } from './address.ts'
import { contextOf } from './context.ts'
import type { HubIO } from './context.ts'
import type { HubReader } from './hub.ts'
import { hubReader } from './reader.ts'

/**
 * Reads a public release through the addresses that users take: no token is needed. Where the repository is private,
 * the API and the token are used instead.
 */
export async function readGitHub(settings: HubSettings, io: HubIO, tag: string): Promise<HubReader> {
  const folder = join(io.folder, 'hub')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, MANIFEST_NAME)
  let fetch = publicWay(settings, io, tag)
  let got = await fetch(MANIFEST_NAME, path)
  if (got.status === 404 && io.credentials.has(settings.tokenEnv)) {
    fetch = await privateWay(settings, io, tag)
    got = await fetch(MANIFEST_NAME, path)
  }
  if (got.status !== 200) {
    throw new TagonceError('hub', `${tag} has no public release with ${MANIFEST_NAME} (${got.status})`, {
      hint: `look at ${releaseAddress(settings, tag)}: it may be a draft, or made by another tool; tagonce release makes it`,
    })
  }
  const manifest = readManifest(await readFile(path, 'utf8'))
  if (manifest.tag !== tag) {
    throw new TagonceError('manifest', `the manifest of the release ${tag} says that it is for ${manifest.tag}`)
  }
  const address = (name: string): string => assetAddress(settings, tag, name)
  return hubReader({ manifest, folder, address, fetch })
}

type Fetch = (name: string, path: string) => Promise<Downloaded>

const NONE: Downloaded = { status: 404, size: 0, sha256: '' }

function publicWay(settings: HubSettings, io: HubIO, tag: string): Fetch {
  const clock = io.clock === undefined ? {} : { clock: io.clock }
  return (name, path) => download(io.http, assetAddress(settings, tag, name), path, clock)
}

async function privateWay(settings: HubSettings, io: HubIO, tag: string): Promise<Fetch> {
  const { github, at } = contextOf(settings, io)
  const release = await github.releases.readByTag(at, tag)
  if (release === null) return () => Promise.resolve(NONE)
  const assets = await github.assets.list(at, release.id)
  return (name, path) => {
    const asset = assets.find((one) => one.name === name)
    return asset === undefined ? Promise.resolve(NONE) : github.assets.download(at, asset.id, path)
  }
}
