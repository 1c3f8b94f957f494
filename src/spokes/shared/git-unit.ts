import type { Manifest } from '../../manifest/manifest.ts'
import type { TextFile, Unit } from '../spoke.ts'
import type { Place } from './git-files.ts'
import type { Download } from './packages.ts'
import type { RepositorySettings } from './repository.ts'

/** Files of one version in a repository on GitHub. */
export interface GitUnit extends Unit {
  files: TextFile[]
  /** Where the commit goes: the channel itself, or a fork of it. */
  place: Place
  /** The channel, where a pull request brings the files there. */
  pullRequest: (Place & { draft: boolean }) | null
  tokenEnv: string
  api: string
  upload: string
  version: string
  author: RepositorySettings['author']
  message: string
  downloads: Download[]
}

/**
 * The unit of an entry. It is a pointer, too: what users get moves with the files.
 * A pull request without a branch of its own gets one per version, so that versions do not mix.
 */
export function gitUnit(
  manifest: Manifest,
  settings: RepositorySettings & { name: string },
  more: { spoke: string; files: TextFile[]; downloads: Download[] },
): GitUnit {
  const { owner, name, tokenEnv, api, upload } = settings.repository
  const { pullRequest, author, message } = settings
  const branch = settings.repository.branch || (pullRequest === null ? '' : `${settings.name}-${manifest.version}`)
  const channel = pullRequest ?? { owner, name, branch }
  const path = more.files[0]?.path ?? ''
  return {
    id: `${more.spoke}:${channel.owner}/${channel.name}/${path}@${manifest.version}`,
    address: `${manifest.hub.download}/${channel.owner}/${channel.name}/blob/${channel.branch || 'HEAD'}/${path}`,
    needs: [],
    pointer: more.spoke,
    files: more.files,
    place: { owner, name, branch },
    pullRequest,
    tokenEnv,
    api,
    upload,
    version: manifest.version,
    author,
    message,
    downloads: more.downloads,
  }
}

/** A path of a channel from its parts, without empty ones. */
export function pathOf(...parts: string[]): string {
  return parts
    .flatMap((one) => one.split('/'))
    .filter((one) => one !== '' && one !== '.')
    .join('/')
}
