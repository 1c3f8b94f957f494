import type { Job, Workflow } from '../model.ts'
import { rule } from './finding.ts'
import { jobText, reached } from './reach.ts'

/** Channels where what is published can not be taken back. */
const FOR_GOOD = new Set(['npm', 'pypi', 'chocolatey', 'cargo', 'snap', 'nuget', 'rubygems', 'winget', 'aur'])
const TESTS =
  /\b(go test|npm (run )?test|npm t\b|pnpm test|yarn test|pytest|cargo test|make (test|check)|tox|vitest|jest|ctest)\b/

/** A package goes out although its tests failed, or before the release that it takes its files from is there. */
export const ungatedPublish = rule(
  {
    id: 'ungated-publish',
    severity: 'error',
    summary: 'A job publishes for good without waiting for the tests or for the release of its own workflow.',
  },
  (input, say) => {
    const all = reached(input)
    const release = (job: Job): boolean =>
      all.some((one) => one.job === job && one.effects.some((effect) => effect.kind === 'create-release'))
    const seen = new Set<Job>()
    return all.flatMap(({ workflow, job, step, effects }) => {
      const effect = effects.find((one) => one.kind === 'publish' && FOR_GOOD.has(one.channel ?? ''))
      if (effect === undefined || seen.has(job) || release(job) || TESTS.test(jobText(job))) return []
      seen.add(job)
      const needed = above(workflow, job)
      const others = workflow.jobs.filter((one) => one !== job && !needed.has(one.id))
      const tests = others.filter((one) => TESTS.test(jobText(one)))
      const releasing = others.filter(release)
      const missing = [...(releasing.length > 0 ? releasing : []), ...tests].map((one) => one.id)
      if (missing.length === 0) return []
      return [
        say(
          `${job.id} publishes to ${effect.channel} without waiting for ${[...new Set(missing)].join(', ')}`,
          effect.where,
          `write \`needs: [${[...new Set(missing)].join(', ')}]\` at ${job.id}`,
          {
            evidence: [
              { text: `${job.id} needs ${job.needs.join(', ') || 'nothing'}: ${step.name}`, where: job.where },
            ],
          },
        ),
      ]
    })
  },
)

function above(workflow: Workflow, job: Job): Set<string> {
  const found = new Set<string>()
  const climb = (one: Job): void => {
    for (const id of one.needs) {
      if (found.has(id)) continue
      found.add(id)
      const needed = workflow.jobs.find((other) => other.id === id)
      if (needed !== undefined) climb(needed)
    }
  }
  climb(job)
  return found
}
