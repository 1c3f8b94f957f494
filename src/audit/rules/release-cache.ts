import { actionName } from '../effects/actions.ts'
import { placeInStep, rule } from './finding.ts'
import { releaseWorkflows } from './reach.ts'

/** What a pull request left in the cache is built into the release. */
export const releaseCache = rule(
  {
    id: 'release-cache',
    severity: 'warning',
    summary: 'A job that releases restores a cache that other branches may have filled.',
  },
  (input, say) =>
    [...releaseWorkflows(input)].flatMap(([workflow, steps]) => {
      const jobs = [...new Set(steps.map((one) => one.job))]
      return jobs.flatMap((job) =>
        job.steps.flatMap((step) => {
          const name = actionName(step.uses ?? '') ?? ''
          const cache = step.with['cache']
          const goCaches = name === 'actions/setup-go' && cache !== 'false' && !/@v[1-3](\.|$)/.test(step.uses ?? '')
          const nodeCaches =
            /^actions\/setup-(node|python|java)$/.test(name) && cache !== undefined && cache !== '' && cache !== 'false'
          if (
            !goCaches &&
            !nodeCaches &&
            !/^actions\/cache(\/restore)?$/.test(name.replace(/^(actions\/cache).*/, '$1'))
          )
            return []
          return [
            say(
              `"${step.name}" restores a cache in ${job.id}, which releases`,
              placeInStep(workflow.text, step, name),
              goCaches ? 'write `with: {cache: false}`' : 'build releases without a cache',
            ),
          ]
        }),
      )
    }),
)
