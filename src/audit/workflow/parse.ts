import type { Job, Permissions, Step, Trigger, Workflow } from '../model.ts'
import { refuse } from './limits.ts'
import { entries, find, list, type Node, plain, position, record, text, texts } from './node.ts'
import { isClearlyValid } from './quick/check.ts'
import { readQuick } from './quick/read.ts'
import { triggerProblems } from './trigger-problems.ts'

/**
 * Reads a workflow with GitHub's own parser, or, where a text is plainly written and clearly valid, with one that gives
 * the same answer sooner. Never throws on bad input: what is wrong stands in `problems`,
 * and as much of the model as could be read stands beside it.
 * @example await parseWorkflow('.github/workflows/ci.yml', text)
 */
export async function parseWorkflow(path: string, content: string): Promise<Workflow> {
  const empty: Workflow = { path, name: path, triggers: [], jobs: [], env: {}, problems: [], text: content }
  const refused = refuse(content)
  if (refused !== undefined) {
    return { ...empty, problems: [{ message: refused, where: { file: path, line: 1, column: 1 } }] }
  }
  const quick = readQuick(content)
  if (quick !== undefined && isClearlyValid(quick)) return modelOf(path, content, quick, [])
  const { parseExactly } = await import('./exact.ts')
  const { root, problems } = await parseExactly(path, content)
  return root === undefined ? { ...empty, problems } : modelOf(path, content, root, problems)
}

/** The model of a tree, whichever reader made it. */
export function modelOf(path: string, content: string, root: Node, problems: Workflow['problems']): Workflow {
  const triggers = readTriggers(path, find(root, 'on'))
  const defaults = readDefaults(root)
  const permissions = readPermissions(find(root, 'permissions'))
  const concurrency = readConcurrency(path, find(root, 'concurrency'))
  const jobs = entries(find(root, 'jobs')).map(({ key, keyNode, value }) =>
    readJob(path, key, keyNode, value, defaults),
  )
  return {
    path,
    name: text(find(root, 'name')) || path,
    triggers,
    jobs,
    env: record(find(root, 'env')),
    problems: [...problems, ...triggerProblems(triggers), ...(problems.length > 0 ? [] : jobProblems(jobs))],
    text: content,
    ...(permissions === undefined ? {} : { permissions }),
    ...(concurrency === undefined ? {} : { concurrency }),
  }
}

/** GitHub refuses a job with nothing to do; its published parser does not say so. */
function jobProblems(jobs: Job[]): Workflow['problems'] {
  return jobs
    .filter((job) => job.uses === undefined && job.steps.length === 0)
    .map((job) => ({ message: `${job.id} has no steps, and calls no workflow with \`uses\``, where: job.where }))
}

function readTriggers(path: string, node: Node | undefined): Trigger[] {
  if (node === undefined) return []
  if (node.kind !== 'mapping') return list(node).map((one) => ({ event: text(one), where: position(path, one) }))
  return entries(node).map(({ key, keyNode, value }) => readTrigger(path, key, keyNode, value))
}

function readTrigger(path: string, event: string, keyNode: Node, value: Node): Trigger {
  const trigger: Trigger = { event, where: position(path, keyNode) }
  if (event === 'schedule') return { ...trigger, cron: list(value).map((one) => text(find(one, 'cron'))) }
  const filters = {
    types: 'types',
    branches: 'branches',
    branchesIgnore: 'branches-ignore',
    tags: 'tags',
    tagsIgnore: 'tags-ignore',
    paths: 'paths',
    pathsIgnore: 'paths-ignore',
    workflows: 'workflows',
  } as const
  for (const [name, key] of Object.entries(filters)) {
    const found = find(value, key)
    if (found !== undefined) Object.assign(trigger, { [name]: texts(found) })
  }
  const inputs = entries(find(value, 'inputs'))
  if (inputs.length > 0) {
    trigger.inputs = Object.fromEntries(
      inputs.map((input) => {
        const fallback = find(input.value, 'default')
        const description = text(find(input.value, 'description'))
        return [
          input.key,
          {
            type: text(find(input.value, 'type')) || 'string',
            required: text(find(input.value, 'required')) === 'true',
            ...(fallback === undefined ? {} : { default: text(fallback) }),
            ...(description === '' ? {} : { description }),
          },
        ]
      }),
    )
  }
  return trigger
}

function readPermissions(node: Node | undefined): Permissions | undefined {
  if (node === undefined) return undefined
  if (node.kind === 'scalar') {
    const all = text(node)
    return all === 'write-all' ? { '*': 'write' } : all === 'read-all' ? { '*': 'read' } : {}
  }
  return record(node) as Permissions
}

function readConcurrency(path: string, node: Node | undefined): Workflow['concurrency'] {
  if (node === undefined) return undefined
  const where = position(path, node)
  if (node.kind === 'scalar') return { group: text(node), cancelInProgress: 'false', where }
  return {
    group: text(find(node, 'group')),
    cancelInProgress: text(find(node, 'cancel-in-progress')) || 'false',
    where,
  }
}

function readIf(path: string, node: Node | undefined): Job['if'] {
  return node === undefined ? undefined : { text: text(node), where: position(path, node) }
}

interface Defaults {
  shell?: string
  workingDirectory?: string
}

/** `defaults.run`, those of a job before those of its workflow. */
function readDefaults(node: Node, outer: Defaults = {}): Defaults {
  const run = find(find(node, 'defaults'), 'run')
  if (run === undefined) return outer
  const [shell, folder] = [text(find(run, 'shell')), text(find(run, 'working-directory'))]
  return { ...outer, ...(shell === '' ? {} : { shell }), ...(folder === '' ? {} : { workingDirectory: folder }) }
}

function readJob(path: string, id: string, keyNode: Node, node: Node, outer: Defaults): Job {
  const defaults = readDefaults(node, outer)
  const condition = readIf(path, find(node, 'if'))
  const permissions = readPermissions(find(node, 'permissions'))
  const concurrency = readConcurrency(path, find(node, 'concurrency'))
  const environment = find(node, 'environment')
  const uses = find(node, 'uses')
  const secrets = find(node, 'secrets')
  const matrix = plain(find(find(node, 'strategy'), 'matrix'))
  return {
    id,
    name: text(find(node, 'name')) || id,
    needs: texts(find(node, 'needs')),
    runsOn: texts(find(node, 'runs-on')).join(', '),
    env: record(find(node, 'env')),
    with: record(find(node, 'with')),
    secrets: secrets !== undefined && secrets.kind === 'scalar' ? 'inherit' : record(secrets),
    steps: list(find(node, 'steps')).map((step, index) => readStep(path, index, step, defaults)),
    where: position(path, keyNode),
    ...(condition === undefined ? {} : { if: condition }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(environment === undefined
      ? {}
      : { environment: environment.kind === 'scalar' ? text(environment) : text(find(environment, 'name')) }),
    ...(uses === undefined ? {} : { uses: text(uses) }),
    ...(typeof matrix === 'object' && matrix !== null ? { matrix: matrix as Record<string, unknown> } : {}),
    ...(typeof matrix === 'string' && matrix !== '' ? { matrixExpression: matrix } : {}),
  }
}

function readStep(path: string, index: number, node: Node, defaults: Defaults): Step {
  const condition = readIf(path, find(node, 'if'))
  const run = find(node, 'run')
  const optional: Partial<Step> = run === undefined ? {} : { ...defaults }
  for (const [name, key] of [
    ['id', 'id'],
    ['uses', 'uses'],
    ['run', 'run'],
    ['shell', 'shell'],
    ['workingDirectory', 'working-directory'],
  ] as const) {
    const found = find(node, key)
    if (found !== undefined) optional[name] = text(found)
  }
  const name = text(find(node, 'name'))
  return {
    index,
    name: name || optional.uses || firstLine(optional.run) || `step ${index + 1}`,
    with: record(find(node, 'with')),
    env: record(find(node, 'env')),
    continueOnError: text(find(node, 'continue-on-error')) === 'true',
    where: position(path, node),
    ...optional,
    ...(condition === undefined ? {} : { if: condition }),
    ...(run === undefined ? {} : { runWhere: position(path, run) }),
  }
}

function firstLine(run: string | undefined): string | undefined {
  return run
    ?.split('\n')
    .find((line) => line.trim() !== '' && !line.trim().startsWith('#'))
    ?.trim()
}
