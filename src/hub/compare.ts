import type { Asset } from '../external/github-assets.ts'
import type { HubFile } from './hub.ts'

/** Files beside the assets that stand there. */
export interface Comparison {
  equal: HubFile[]
  lacking: HubFile[]
  /** Uploads that were cut: the asset blocks the name and holds nothing. */
  cut: { file: HubFile; asset: Asset }[]
  differing: { file: HubFile; asset: Asset; digest: string }[]
  /** Assets that are none of ours. */
  extra: Asset[]
}

/**
 * Compares files with the assets of a release.
 * @param digestOf `sha256:<hex>` of an asset for which GitHub tells none: it has to be downloaded.
 */
export async function compareFiles(
  files: HubFile[],
  assets: Asset[],
  digestOf: (asset: Asset) => Promise<string>,
): Promise<Comparison> {
  const byName = new Map(assets.map((asset) => [asset.name, asset]))
  const result: Comparison = { equal: [], lacking: [], cut: [], differing: [], extra: [] }
  for (const file of files) {
    const asset = byName.get(file.name)
    byName.delete(file.name)
    if (asset === undefined) result.lacking.push(file)
    else if (asset.state !== 'uploaded') result.cut.push({ file, asset })
    else {
      const digest = asset.digest ?? (await digestOf(asset))
      if (digest === digestOfFile(file) && asset.size === file.size) result.equal.push(file)
      else result.differing.push({ file, asset, digest })
    }
  }
  result.extra = [...byName.values()]
  return result
}

/** How an asset's digest is written: `sha256:<hex>`. */
export function digestOfFile(file: Pick<HubFile, 'sha256'>): string {
  return `sha256:${file.sha256}`
}

/** Both digests of everything that differs, in words. */
export function differences(differing: Comparison['differing']): string {
  return differing
    .map(({ file, digest }) => `${file.name} differs: the hub has ${digest}, here it is ${digestOfFile(file)}`)
    .join('; ')
}
