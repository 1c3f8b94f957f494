import { mkdir, readFile } from 'node:fs/promises'
import { TagonceError } from '../../core/errors.ts'
import type { Diagnostic } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'
import type { Asset } from '../../external/github-assets.ts'
import { hashFile, isHashAlgorithm } from '../../formats/hash.ts'
import type { HashAlgorithm } from '../../formats/hash.ts'
import type { HubContext } from '../../hub/context.ts'
import type { Plan } from '../../plan/plan.ts'

/** The assets of a release, with their digests; a file is fetched when it is asked for. */
export interface ReleaseAssets {
  has(name: string): boolean
  names: string[]
  size(name: string): number
  /** Hex: as GitHub tells it, else of the file itself. */
  sha256(name: string): Promise<string>
  /** Path of the fetched asset; its digest was compared with GitHub's. */
  file(name: string): Promise<string>
}

/** Reads the assets of a release into a private folder. */
export async function releaseAssets(context: HubContext, assets: Asset[], folder: string): Promise<ReleaseAssets> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const known = new Map(assets.map((one) => [one.name, one]))
  const fetched = new Map<string, Promise<{ path: string; sha256: string }>>()
  const asset = (name: string): Asset => {
    const one = known.get(name)
    if (one === undefined) throw new TagonceError('internal', `there is no asset ${name}`)
    return one
  }
  const fetch = (name: string): Promise<{ path: string; sha256: string }> => {
    const underway = fetched.get(name)
    if (underway !== undefined) return underway
    const { id, digest, size } = asset(name)
    const begun = (async () => {
      const path = inside(folder, name)
      const got = await context.github.assets.download(context.at, id, path)
      if ((digest !== null && digest !== `sha256:${got.sha256}`) || got.size !== size) {
        const message = `${name} came with sha256:${got.sha256} (${got.size} bytes); GitHub says ${digest ?? 'no digest'} (${size} bytes)`
        throw new TagonceError('network', message, { hint: 'run the same command again' })
      }
      return { path, sha256: got.sha256 }
    })()
    fetched.set(name, begun)
    return begun
  }
  return {
    has: (name) => known.has(name),
    names: [...known.keys()].sort(),
    size: (name) => asset(name).size,
    async sha256(name) {
      const told = /^sha256:([0-9a-f]{64})$/.exec(asset(name).digest ?? '')?.[1]
      return told ?? (await fetch(name)).sha256
    },
    file: async (name) => (await fetch(name)).path,
  }
}

/** Holds the assets against the release's own checksum file, or files. */
export async function compareChecksums(plan: Plan, assets: ReleaseAssets): Promise<Diagnostic[]> {
  const { checksums } = plan
  if (checksums === null) return []
  const { algorithm } = checksums
  const files = checksums.split ? Object.values(checksums.names ?? {}) : [checksums.name]
  const there = files.filter((name) => assets.has(name))
  if (there.length === 0 || !isHashAlgorithm(algorithm)) {
    const message = `the release has no checksum file (${files.slice(0, 2).join(', ')}); digests are those of GitHub`
    return [{ severity: 'warning', code: 'no-checksums', message }]
  }
  const found: Diagnostic[] = []
  for (const name of there) {
    const of = Object.entries(checksums.names ?? {}).find(([, file]) => file === name)?.[0]
    for (const [covered, hex] of linesOf(await readFile(await assets.file(name), 'utf8'), of)) {
      if (!assets.has(covered)) continue
      const own = await digest(covered, algorithm, assets)
      if (own === hex) continue
      const message = `${name} says ${algorithm}:${hex} of ${covered}, but the asset has ${own}`
      found.push({
        severity: 'error',
        code: 'checksum',
        message,
        mend: 'the asset was replaced: release a new version',
      })
    }
  }
  return found
}

async function digest(name: string, algorithm: HashAlgorithm, assets: ReleaseAssets): Promise<string> {
  if (algorithm === 'sha256') return assets.sha256(name)
  return (await hashFile(await assets.file(name), [algorithm])).digests[algorithm]
}

/** `<hex>  <name>` a line; a split file has the bare hex of the one artifact that it is for. */
function linesOf(text: string, of: string | undefined): [name: string, hex: string][] {
  return text.split('\n').flatMap((line): [string, string][] => {
    const [, hex = '', name = of ?? ''] = /^([0-9a-fA-F]{8,})(?:\s+\*?(\S.*))?$/.exec(line.trim()) ?? []
    return hex === '' || name === '' ? [] : [[name, hex.toLowerCase()]]
  })
}
