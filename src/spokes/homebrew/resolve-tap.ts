import type { ArtifactName } from '../../core/artifact.ts'
import type { CommitAuthor, Repository } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import type { Renderer } from '../shared/renderer.ts'
import { resolveRepository } from '../shared/repository.ts'
import type { TapSettings } from './settings.ts'

/** The keys that `brews` and `homebrew_casks` share. */
export interface TapEntry {
  name?: string | undefined
  directory?: string | undefined
  repository?: Repository | undefined
  commit_author?: CommitAuthor | undefined
  commit_msg_template?: string | undefined
  skip_upload?: string | boolean | undefined
}

/** Repository, author and message of an entry. Problems are reported; what is returned is then of no use. */
export function resolveTap(
  renderer: Renderer,
  entry: TapEntry,
  defaults: { directory: string; message: string },
): Omit<TapSettings, 'packages'> {
  return {
    ...resolveRepository(renderer, entry, defaults.message),
    name: entry.name ? renderer.text(entry.name, ['name']) : renderer.config.plan.project,
    directory: entry.directory ?? defaults.directory,
  }
}

/** What the plan makes that Homebrew could take. */
export function candidates(config: SpokeConfig): ArtifactName[] {
  return [...config.plan.archives, ...config.plan.uploads]
}
