import { repositoryEntries } from './config-places.ts'
import { rule } from './finding.ts'
import { releaseToolSteps } from './reach.ts'

/** A tap or a bucket in another repository that is written with GITHUB_TOKEN: 403, after the release is public. */
export const crossRepoToken = rule(
  {
    id: 'cross-repo-token',
    severity: 'error',
    summary: 'A tap, bucket or fork in another repository is written with GITHUB_TOKEN, which only reaches its own.',
  },
  (input, say) => {
    const steps = releaseToolSteps(input)
    const own = input.facts.repository.toLowerCase()
    // Without a remote nobody knows which repository this is.
    if (own.startsWith('local/')) return []
    return repositoryEntries(input)
      .filter((one) => `${one.owner}/${one.repo}`.toLowerCase() !== own)
      .flatMap((one) => {
        const variable = one.token === '' ? 'GITHUB_TOKEN' : /\.Env\.(\w+)/.exec(one.token)?.[1]
        if (variable === undefined) return []
        const weak = steps.filter(({ workflow, job, step, effects }) => {
          const value = { ...workflow.env, ...job.env, ...step.env }[variable]
          const token = value ?? (variable === 'GITHUB_TOKEN' ? effects[0]?.token : undefined)
          return token !== undefined && /secrets\.GITHUB_TOKEN|github\.token|^GITHUB_TOKEN$/.test(token)
        })
        if (weak.length === 0) return []
        return [
          say(
            `${one.key}: ${one.owner}/${one.repo} is written with GITHUB_TOKEN, which only reaches ${input.facts.repository}`,
            one.where,
            `make a token that may write ${one.owner}/${one.repo}, and set \`token: "{{ .Env.TAP_TOKEN }}"\``,
            {
              evidence: weak.map(({ workflow, step }) => ({
                text: `${workflow.path}: ${step.name}`,
                where: step.where,
              })),
            },
          ),
        ]
      })
  },
)
