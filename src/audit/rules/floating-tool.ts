import type { Finding } from '../model.ts'
import { actionName } from '../effects/actions.ts'
import { placeInStep, rule } from './finding.ts'
import { releaseWorkflows } from './reach.ts'

/** A release is made with whatever is newest that day. */
export const floatingTool = rule(
  {
    id: 'floating-tool',
    severity: 'warning',
    summary: 'A release workflow installs a tool at `latest`, or pipes a script from the network into a shell.',
  },
  (input, say) =>
    [...releaseWorkflows(input).keys()].flatMap((workflow) =>
      workflow.jobs.flatMap((job) =>
        job.steps.flatMap((step): Finding[] => {
          const name = actionName(step.uses ?? '')
          const version = step.with['version']
          if (
            name === 'goreleaser/goreleaser-action' &&
            (version === undefined || version === 'latest' || version === 'nightly')
          )
            return [
              say(
                `"${step.name}" brings the newest GoReleaser, whatever that is`,
                placeInStep(workflow.text, step, 'version:'),
                'write a version, such as `version: "~> v2"`',
              ),
            ]
          const run =
            /\bcurl\b[^\n|]*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\bgo install [\w./-]+@latest|\bgo run [\w./-]+@latest/.exec(
              step.run ?? '',
            )?.[0]
          if (run === undefined) return []
          return [
            say(
              `\`${run.slice(0, 60)}\` runs whatever is there that day`,
              placeInStep(workflow.text, step, run.slice(0, 20)),
              'name a version, and check a digest',
            ),
          ]
        }),
      ),
    ),
)
