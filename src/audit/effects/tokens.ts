import type { Job, Step, Workflow } from '../model.ts'
import { actionName } from './actions.ts'

const SECRET = /secrets\.([A-Za-z_]\w*)|secrets\[['"]([^'"]+)['"]\]|github\.token/g

/** Names of the secrets in some texts; `github.token` is GITHUB_TOKEN. */
export function secretNames(texts: string[]): string[] {
  const names = texts.flatMap((text) => [...text.matchAll(SECRET)].map((one) => one[1] ?? one[2] ?? 'GITHUB_TOKEN'))
  return [...new Set(names)].sort()
}

/** Names of the secrets that a step can read: its own texts, and the environment of its job and workflow. */
export function secretsOf(step: Step, job: Job, workflow: Workflow): string[] {
  return secretNames([
    step.run ?? '',
    ...Object.values(step.with),
    ...Object.values(step.env),
    ...Object.values(job.env),
    ...Object.values(workflow.env),
  ])
}

const INPUTS = [
  'token',
  'github_token',
  'github-token',
  'repo-token',
  'repo_token',
  'access-token',
  'gh_token',
  'personal-token',
]
const VARIABLES = ['GH_TOKEN', 'GITHUB_TOKEN', 'GITHUB_PAT', 'GH_PAT']

/**
 * The token that a step speaks to GitHub with: `GITHUB_TOKEN`, another secret's name, or an expression as written.
 * It decides whether what the step causes starts workflows.
 */
export function tokenOf(step: Step, job: Job, workflow: Workflow, through: string): string {
  if (through.startsWith('git push')) return pushToken(step, job)
  const given =
    first(step.with, INPUTS) ??
    first(step.env, VARIABLES) ??
    first(job.env, VARIABLES) ??
    first(workflow.env, VARIABLES)
  if (given !== undefined) return nameOf(given)
  // A request of one's own: whatever secret the step itself holds.
  const own = secretNames([step.run ?? '', ...Object.values(step.env)])
  return step.run !== undefined && own.length > 0
    ? (own.find((name) => name !== 'GITHUB_TOKEN') ?? 'GITHUB_TOKEN')
    : 'GITHUB_TOKEN'
}

/** git pushes with what checkout has left in the clone, unless the URL holds a token. */
function pushToken(step: Step, job: Job): string {
  const inUrl = /https:\/\/[^@\s]*@/.test(step.run ?? '')
  if (inUrl) {
    const own = secretNames([step.run ?? '', ...Object.values(step.env), ...Object.values(job.env)])
    const pat = own.find((name) => name !== 'GITHUB_TOKEN')
    if (pat !== undefined) return pat
  }
  const checkout = job.steps.findLast(
    (one) => one.index < step.index && actionName(one.uses ?? '') === 'actions/checkout',
  )
  const given = checkout?.with['ssh-key'] ?? checkout?.with['token']
  return given === undefined || given === '' ? 'GITHUB_TOKEN' : nameOf(given)
}

function first(values: Record<string, string>, names: string[]): string | undefined {
  for (const name of names) {
    const found = Object.entries(values).find(
      ([key, value]) => key.toLowerCase() === name.toLowerCase() && value !== '',
    )
    if (found !== undefined) return found[1]
  }
  return undefined
}

function nameOf(value: string): string {
  const names = secretNames([value])
  return names.find((name) => name !== 'GITHUB_TOKEN') ?? names[0] ?? value
}
