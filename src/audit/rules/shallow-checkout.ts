import { actionName } from '../effects/actions.ts'
import { rule } from './finding.ts'
import { releaseToolSteps } from './reach.ts'

/** The release sees only the last commit: no changelog, no previous tag. */
export const shallowCheckout = rule(
  {
    id: 'shallow-checkout',
    severity: 'warning',
    summary: 'A release is made from a shallow clone: `fetch-depth: 0` is missing.',
  },
  (input, say) =>
    releaseToolSteps(input).flatMap(({ workflow, job, step }) => {
      const before = job.steps.slice(0, step.index)
      const checkout = before.findLast((one) => actionName(one.uses ?? '') === 'actions/checkout')
      if (checkout === undefined || checkout.with['fetch-depth'] === '0') return []
      if (before.some((one) => /git fetch\b.*(--unshallow|--tags|--depth=0)/.test(one.run ?? ''))) return []
      return [
        say(
          `${workflow.path} checks out one commit only, so "${step.name}" knows no earlier tag`,
          checkout.where,
          'write `with: {fetch-depth: 0}`',
        ),
      ]
    }),
)
