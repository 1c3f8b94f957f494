import type { Effect, Finding, Workflow } from '../model.ts'
import { rule, type Say } from './finding.ts'
import { reached } from './reach.ts'
import type { AuditInput } from './rule.ts'

/** A dispatch that does not arrive. */
export const dispatchChain = rule(
  {
    id: 'dispatch-chain',
    severity: 'error',
    summary:
      'A step dispatches a workflow that is not there, is invalid, does not listen, or lacks the input or the permission.',
  },
  (input, say) =>
    reached(input).flatMap(({ workflow, job, effects }) =>
      effects
        .filter((effect) => effect.kind === 'dispatch' && effect.name !== undefined && !effect.name.includes('$'))
        .filter((effect) => !isElsewhere(effect, input))
        .flatMap((effect) => [
          ...target(effect, input, say),
          ...permission(effect, job.permissions ?? workflow.permissions, say),
        ]),
    ),
)

function isElsewhere(effect: Effect, { facts }: AuditInput): boolean {
  return effect.target?.includes('/') === true && effect.target !== facts.repository
}

function target(effect: Effect, { workflows }: AuditInput, say: Say): Finding[] {
  const name = effect.name ?? ''
  const isFile = /\.ya?ml$/.test(name)
  const found = workflows.find((one) => one.path.endsWith(`/${name}`) || one.name === name)
  const wrong = (message: string, mend: string): Finding[] => [
    say(message, effect.where, mend, { evidence: [{ text: effect.through, where: effect.where }] }),
  ]
  if (found === undefined) {
    const listens = workflows.some((one) =>
      one.triggers.some(
        (trigger) =>
          trigger.event === 'repository_dispatch' && (trigger.types === undefined || trigger.types.includes(name)),
      ),
    )
    if (!isFile && listens) return []
    if (!isFile && effect.through.startsWith('gh workflow'))
      return wrong(`no workflow is named ${name}`, 'name a file of .github/workflows')
    return isFile
      ? wrong(`.github/workflows/${name} does not exist`, 'name a workflow that is there')
      : wrong(
          `no workflow waits for repository_dispatch ${name}`,
          'add `on: repository_dispatch` with this type, or take the step out',
        )
  }
  if (found.problems.length > 0) return wrong(`${found.path} is invalid, so this dispatch fails`, 'mend the workflow')
  const listening = found.triggers.find((trigger) => trigger.event === 'workflow_dispatch')
  if (listening === undefined) return wrong(`${found.path} has no \`workflow_dispatch\``, 'add it to its `on:`')
  return inputs(effect, found, listening.inputs ?? {}, wrong)
}

function inputs(
  effect: Effect,
  found: Workflow,
  declared: NonNullable<Workflow['triggers'][number]['inputs']>,
  wrong: (message: string, mend: string) => Finding[],
): Finding[] {
  const given = effect.inputs ?? {}
  const unknown = Object.keys(given).filter((name) => !(name in declared))
  const missing = Object.entries(declared)
    .filter(([name, one]) => one.required && one.default === undefined && !(name in given))
    .map(([name]) => name)
  return [
    ...(unknown.length > 0
      ? wrong(
          `${found.path} has no input ${unknown.join(', ')}`,
          `its inputs are ${Object.keys(declared).join(', ') || 'none'}`,
        )
      : []),
    ...(missing.length > 0 && effect.inputs !== undefined
      ? wrong(`${found.path} needs the input ${missing.join(', ')}`, 'hand it over')
      : []),
  ]
}

function permission(effect: Effect, permissions: Workflow['permissions'], say: Say): Finding[] {
  if (effect.token !== 'GITHUB_TOKEN' || permissions === undefined) return []
  const scope = /\.ya?ml$/.test(effect.name ?? '') || effect.through.includes('workflow') ? 'actions' : 'contents'
  if (permissions[scope] === 'write' || permissions['*'] === 'write') return []
  return [
    say(
      `the dispatch needs \`${scope}: write\`, which GITHUB_TOKEN does not have here`,
      effect.where,
      `add \`${scope}: write\` to \`permissions\``,
    ),
  ]
}
