import type { HubSettings } from '../plan/plan.ts'

/** Where a hub is, as its manifest says. */
export type HubAddress = Pick<HubSettings, 'owner' | 'repo' | 'download' | 'api' | 'upload'>

/** The page of a release. */
export function releaseAddress(hub: HubAddress, tag: string): string {
  return `${hub.download}/${hub.owner}/${hub.repo}/releases/tag/${pathEscape(tag)}`
}

/**
 * The public URL of an asset, byte for byte the one that GoReleaser writes (its template: `urlPathEscape .Tag`).
 * @example assetAddress(hub, 'v1.0.0', 'a.zip') // 'https://github.com/me/a/releases/download/v1.0.0/a.zip'
 */
export function assetAddress(hub: HubAddress, tag: string, name: string): string {
  return `${hub.download}/${hub.owner}/${hub.repo}/releases/download/${pathEscape(tag)}/${pathEscape(name)}`
}

/** As Go's url.PathEscape: RFC 3986 unreserved and `$&+=:@` stay. */
function pathEscape(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/%(24|26|2B|3D|3A|40)/g, decodeURIComponent)
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
