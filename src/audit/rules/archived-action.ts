import { actionName } from '../effects/actions.ts'
import { placeInStep, rule } from './finding.ts'

/** Actions whose repositories are archived or say themselves that they are no longer kept, with what to use instead. */
const ARCHIVED: Record<string, string> = {
  'actions/create-release': '`gh release create`',
  'actions/upload-release-asset': '`gh release upload`',
  'google-github-actions/release-please-action': 'googleapis/release-please-action',
  'marvinpinto/action-automatic-releases': '`gh release create`',
  'actions-rs/toolchain': 'dtolnay/rust-toolchain',
  'actions-rs/cargo': '`cargo` itself',
  'crazy-max/ghaction-docker-buildx': 'docker/setup-buildx-action',
  'crazy-max/ghaction-docker-meta': 'docker/metadata-action',
  'softprops/turnstyle': '`concurrency`',
  'vedantmgoyal2009/winget-releaser': 'vedantmgoyal9/winget-releaser',
}

export const archivedAction = rule(
  { id: 'archived-action', severity: 'warning', summary: 'An action is no longer kept.' },
  ({ workflows }, say) =>
    workflows.flatMap((workflow) =>
      workflow.jobs.flatMap((job) =>
        job.steps.flatMap((step) => {
          const name = actionName(step.uses ?? '') ?? ''
          const instead = ARCHIVED[name]
          if (instead === undefined) return []
          return [say(`${name} is no longer kept`, placeInStep(workflow.text, step, name), `use ${instead}`)]
        }),
      ),
    ),
)
