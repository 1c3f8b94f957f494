import type { Observation } from '../../core/states.ts'
import { createGitHub } from '../../external/github.ts'
import type { GitData } from '../../external/github-git.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import type { ChannelIO } from '../spoke.ts'
import { saw } from './evidence.ts'

/**
 * Where nobody can be asked whether something was done (a message was sent, a command was run), a ref of the hub's repository says so:
 * `refs/tagonce/v1.2.3/announce-slack`. It is no branch and no tag, it can be set on immutable releases, too, and taken away with
 * `git push origin :refs/tagonce/v1.2.3/announce-slack`, after which it is done again.
 */
export interface DoneMark {
  /** `announce-slack` */
  name: string
  /** The variable that holds the token of the hub. */
  tokenEnv: string
}

/** `live` where it was done before. */
export async function observeMark(mark: DoneMark, manifest: Manifest, io: ChannelIO): Promise<Observation> {
  const ref = refOf(mark, manifest)
  const { owner, repo, download } = manifest.hub
  const found = await gitOf(mark, manifest, io).readRef({ owner, repo }, ref)
  const from = `${download}/${owner}/${repo}`
  if (found === null) return saw(io, 'absent', `there is no refs/${ref}`, from)
  return saw(io, 'live', `refs/${ref} says that it was done`, from)
}

/** Says that it was done. */
export async function setMark(mark: DoneMark, manifest: Manifest, io: ChannelIO): Promise<void> {
  const { owner, repo } = manifest.hub
  await gitOf(mark, manifest, io).createRef({ owner, repo }, refOf(mark, manifest), manifest.commit)
}

/** Its name as `git push` wants it. */
export function refOf({ name }: DoneMark, { tag }: Manifest): string {
  return `tagonce/${tag}/${name.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}`
}

function gitOf({ tokenEnv }: DoneMark, { hub }: Manifest, { http, credentials }: ChannelIO): GitData {
  return createGitHub({ http, api: hub.api, upload: hub.upload, token: credentials.get(tokenEnv) }).gitData
}
