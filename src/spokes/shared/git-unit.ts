import type { Manifest } from '../../manifest/manifest.ts'
import { withoutCredentials } from '../../external/git.ts'
import type { TextFile, Unit } from '../spoke.ts'
import type { Place } from './git-files.ts'
import type { Download } from './packages.ts'
import type { RepositorySettings } from './repository.ts'

/** Files of one version in a repository. */
export interface GitUnit extends Unit {
  files: TextFile[]
  /** Where the commit goes: the channel itself, or a fork of it. */
  place: Place
  /** Set: the place is on this git server, and is reached by plain git. */
  git: RepositorySettings['git']
  /** The channel, where a pull request brings the files there. */
  pullRequest: RepositorySettings['pullRequest']
  tokenEnv: string
  api: string
  upload: string
  version: string
  author: RepositorySettings['author']
  signing: RepositorySettings['signing']
  message: string
  downloads: Download[]
  /** Why a download can't be fetched without the user's own credentials; absent when it can. */
  unfetchable?: string
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
  const { git, pullRequest, author, signing, message } = settings
  const branch = settings.repository.branch || (pullRequest === null ? '' : `${settings.name}-${manifest.version}`)
  const channel = pullRequest ?? { owner, name, branch }
  const path = more.files[0]?.path ?? ''
  const where = git === null ? `${channel.owner}/${channel.name}` : withoutCredentials(git.url)
  return {
    id: `${more.spoke}:${where}/${path}@${manifest.version}`,
    address:
      git === null ? `${manifest.hub.download}/${where}/blob/${channel.branch || 'HEAD'}/${path}` : `${where}#${path}`,
    needs: [],
    pointer: more.spoke,
    files: more.files,
    place: { owner, name, branch },
    git,
    pullRequest,
    tokenEnv,
    api,
    upload,
    version: manifest.version,
    author,
    signing,
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
