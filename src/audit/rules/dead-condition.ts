import { placeInStep, rule } from './finding.ts'

/** A step's `if` asks for a variable that nothing sets. */
export const deadCondition = rule(
  {
    id: 'dead-condition',
    severity: 'warning',
    summary: 'The `if` of a step reads `env.X`, and nothing in its scope sets X.',
  },
  ({ workflows }, say) =>
    workflows.flatMap((workflow) =>
      workflow.jobs.flatMap((job) =>
        job.steps.flatMap((step) => {
          const names = [...(step.if?.text ?? '').matchAll(/\benv\.([A-Za-z_]\w*)/g)].map((one) => one[1] ?? '')
          const scope = new Set([...Object.keys(workflow.env), ...Object.keys(job.env), ...Object.keys(step.env)])
          // Any earlier step may set a variable for those that follow.
          const earlier = job.steps.slice(0, step.index)
          const writes = (name: string): boolean =>
            earlier.some((one) => one.uses !== undefined && !/^actions\/(checkout|setup-)/.test(one.uses)) ||
            earlier.some((one) => /GITHUB_ENV|::set-env/.test(one.run ?? '') && (one.run ?? '').includes(name))
          return [...new Set(names)]
            .filter((name) => !scope.has(name) && !writes(name))
            .map((name) =>
              say(
                `env.${name} is empty here: neither the workflow, the job, the step nor an earlier step sets it`,
                placeInStep(workflow.text, step, `env.${name}`),
                `set ${name} in \`env:\`; a secret is read by \`env: {${name}: \${{ secrets.${name} }}}\` first`,
                { evidence: [{ text: `in scope: ${[...scope].join(', ') || 'nothing'}` }] },
              ),
            )
        }),
      ),
    ),
)
