import type { HubSettings } from '../../plan/plan.ts'

/**
 * The public address of an asset of the hub, as it goes into content.
 * @example assetUrl(hub, 'cli/v1.0.0', 'a.zip') // 'https://github.com/o/r/releases/download/cli%2Fv1.0.0/a.zip'
 */
export function assetUrl(hub: Pick<HubSettings, 'download' | 'owner' | 'repo'>, tag: string, name: string): string {
  return `${hub.download}/${hub.owner}/${hub.repo}/releases/download/${escapeSegment(tag)}/${name}`
}

/** Go's `url.PathEscape`, which `urlPathEscape` is in a template: unlike the browser's it keeps `$&+=:@`. */
function escapeSegment(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/%(?:24|26|2B|3D|3A|40)/g, decodeURIComponent)
    .replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}
