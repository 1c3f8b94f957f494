import type { Collision, Effect, ExplainedWorkflow } from '../model.ts'

interface Acting {
  workflow: string
  job: string
  step: string
  effect: Effect
}

/** Every effect of a step that runs (or may run), called workflows included under their caller's name. */
export function actingSteps(workflows: ExplainedWorkflow[]): Acting[] {
  const found: Acting[] = []
  const walk = (workflow: ExplainedWorkflow, name: string): void => {
    for (const job of workflow.jobs) {
      if (job.state !== 'runs' && job.state !== 'unknown') continue
      if (job.calls !== undefined) walk(job.calls, name)
      for (const step of job.steps) {
        if (step.state !== 'runs' && step.state !== 'unknown') continue
        for (const effect of step.effects) found.push({ workflow: name, job: job.id, step: step.name, effect })
      }
    }
  }
  for (const workflow of workflows)
    if (workflow.state === 'runs' || workflow.state === 'unknown') walk(workflow, workflow.path)
  return found
}

interface Group {
  kind: Collision['kind']
  acting: Acting[]
}

/** Two packages of one channel do not collide, where every writer says which one it means. */
function byName(what: string, group: Group): [string, Group][] {
  const names = new Set(group.acting.map((one) => one.effect.name ?? '?'))
  const known = [...names].every((name) => !/[?$*]|\{\{/.test(name))
  if (group.kind !== 'channel' || names.size === 1 || !known) return [[what, group]]
  return [...names].map((name) => [
    `${what} ${name}`,
    { kind: group.kind, acting: group.acting.filter((one) => one.effect.name === name) },
  ])
}

/**
 * Two or more workflows that write the same thing: the release of one tag, or one channel.
 * Steps of one workflow do not collide with each other: they run in an order that its author chose.
 */
export function collisionsOf(workflows: ExplainedWorkflow[], tag: string): Collision[] {
  const groups = new Map<string, Group>()
  const add = (key: string, kind: Collision['kind'], acting: Acting): void => {
    const group = groups.get(key) ?? { kind, acting: [] }
    group.acting.push(acting)
    groups.set(key, group)
  }
  for (const one of actingSteps(workflows)) {
    const { kind, channel } = one.effect
    if (kind === 'create-release' || kind === 'upload-assets') add(`release ${tag}`, 'release', one)
    else if (kind === 'publish' && channel !== undefined) add(channel, 'channel', one)
    else if (kind === 'push-tag') add('tags', 'tag', one)
  }
  const order = ['release', 'tag', 'channel']
  return [...groups]
    .flatMap(([what, group]) => byName(what, group))
    .filter(([, group]) => new Set(group.acting.map((one) => one.workflow)).size > 1)
    .map(([what, { kind, acting }]) => ({
      kind,
      what,
      writers: once(acting.map(({ workflow, job, step, effect }) => ({ workflow, job, step, where: effect.where }))),
    }))
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.what.localeCompare(b.what, 'en'))
}

/** A step that makes a release and uploads to it is one writer. */
function once(writers: Collision['writers']): Collision['writers'] {
  return [...new Map(writers.map((one) => [JSON.stringify(one), one])).values()]
}
