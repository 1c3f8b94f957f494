import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow as parseTokens } from '@actions/workflow-parser'
import type { Job, Permissions, Step, Trigger, Workflow } from '../model.ts'
import { refuse } from './limits.ts'
import { entries, find, isMapping, isScalar, list, plain, position, record, text, texts, type Token } from './tokens.ts'
import { triggerProblems } from './trigger-problems.ts'

/**
 * What the published schema refuses and GitHub takes: it has a wrong constant for this event as a plain word, which
 * means all of its types (docs.github.com, "Events that trigger workflows", repository_dispatch).
 */
const KNOWN_BETTER = new Set(["Unexpected value 'repository_dispatch'"])

/**
 * Reads a workflow with GitHub's own parser. Never throws on bad input: what is wrong stands in `problems`,
 * and as much of the model as could be read stands beside it.
 * @example await parseWorkflow('.github/workflows/ci.yml', text)
 */
export async function parseWorkflow(path: string, content: string): Promise<Workflow> {
  const empty: Workflow = { path, name: path, triggers: [], jobs: [], env: {}, problems: [], text: content }
  const refused = refuse(content)
  if (refused !== undefined) {
    return { ...empty, problems: [{ message: refused, where: { file: path, line: 1, column: 1 } }] }
  }
  const parsed = parseTokens({ name: path, content }, new NoOperationTraceWriter())
  const root = parsed.value
  if (root !== undefined && parsed.context.errors.count === 0) await convertWorkflowTemplate(parsed.context, root)
  const errors = parsed.context.errors.getErrors().filter((error) => !KNOWN_BETTER.has(error.rawMessage))
  const problems = errors.map((error) => ({
    message: error.rawMessage,
    where: { file: path, line: error.range?.start.line ?? 1, column: error.range?.start.column ?? 1 },
  }))
  if (root === undefined) return { ...empty, problems }
  const triggers = readTriggers(path, find(root, 'on'))
  const defaults = readDefaults(root)
  const permissions = readPermissions(find(root, 'permissions'))
  const concurrency = readConcurrency(path, find(root, 'concurrency'))
  const jobs = entries(find(root, 'jobs')).map(({ key, keyToken, value }) =>
    readJob(path, key, keyToken, value, defaults),
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

function readTriggers(path: string, token: Token | undefined): Trigger[] {
  if (token === undefined) return []
  if (!isMapping(token)) return list(token).map((one) => ({ event: text(one), where: position(path, one) }))
  return entries(token).map(({ key, keyToken, value }) => readTrigger(path, key, keyToken, value))
}

function readTrigger(path: string, event: string, keyToken: Token, value: Token): Trigger {
  const trigger: Trigger = { event, where: position(path, keyToken) }
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

function readPermissions(token: Token | undefined): Permissions | undefined {
  if (token === undefined) return undefined
  if (isScalar(token)) {
    const all = text(token)
    return all === 'write-all' ? { '*': 'write' } : all === 'read-all' ? { '*': 'read' } : {}
  }
  return record(token) as Permissions
}

function readConcurrency(path: string, token: Token | undefined): Workflow['concurrency'] {
  if (token === undefined) return undefined
  const where = position(path, token)
  if (isScalar(token)) return { group: text(token), cancelInProgress: 'false', where }
  return {
    group: text(find(token, 'group')),
    cancelInProgress: text(find(token, 'cancel-in-progress')) || 'false',
    where,
  }
}

function readIf(path: string, token: Token | undefined): Job['if'] {
  return token === undefined ? undefined : { text: text(token), where: position(path, token) }
}

interface Defaults {
  shell?: string
  workingDirectory?: string
}

/** `defaults.run`, those of a job before those of its workflow. */
function readDefaults(token: Token, outer: Defaults = {}): Defaults {
  const run = find(find(token, 'defaults'), 'run')
  if (run === undefined) return outer
  const [shell, folder] = [text(find(run, 'shell')), text(find(run, 'working-directory'))]
  return { ...outer, ...(shell === '' ? {} : { shell }), ...(folder === '' ? {} : { workingDirectory: folder }) }
}

function readJob(path: string, id: string, keyToken: Token, token: Token, outer: Defaults): Job {
  const defaults = readDefaults(token, outer)
  const condition = readIf(path, find(token, 'if'))
  const permissions = readPermissions(find(token, 'permissions'))
  const concurrency = readConcurrency(path, find(token, 'concurrency'))
  const environment = find(token, 'environment')
  const uses = find(token, 'uses')
  const secrets = find(token, 'secrets')
  const matrix = plain(find(find(token, 'strategy'), 'matrix'))
  return {
    id,
    name: text(find(token, 'name')) || id,
    needs: texts(find(token, 'needs')),
    runsOn: texts(find(token, 'runs-on')).join(', '),
    env: record(find(token, 'env')),
    with: record(find(token, 'with')),
    secrets: secrets !== undefined && isScalar(secrets) ? 'inherit' : record(secrets),
    steps: list(find(token, 'steps')).map((step, index) => readStep(path, index, step, defaults)),
    where: position(path, keyToken),
    ...(condition === undefined ? {} : { if: condition }),
    ...(permissions === undefined ? {} : { permissions }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(environment === undefined
      ? {}
      : { environment: isScalar(environment) ? text(environment) : text(find(environment, 'name')) }),
    ...(uses === undefined ? {} : { uses: text(uses) }),
    ...(typeof matrix === 'object' && matrix !== null ? { matrix: matrix as Record<string, unknown> } : {}),
    ...(typeof matrix === 'string' && matrix !== '' ? { matrixExpression: matrix } : {}),
  }
}

function readStep(path: string, index: number, token: Token, defaults: Defaults): Step {
  const condition = readIf(path, find(token, 'if'))
  const run = find(token, 'run')
  const optional: Partial<Step> = run === undefined ? {} : { ...defaults }
  for (const [name, key] of [
    ['id', 'id'],
    ['uses', 'uses'],
    ['run', 'run'],
    ['shell', 'shell'],
    ['workingDirectory', 'working-directory'],
  ] as const) {
    const found = find(token, key)
    if (found !== undefined) optional[name] = text(found)
  }
  const name = text(find(token, 'name'))
  return {
    index,
    name: name || optional.uses || firstLine(optional.run) || `step ${index + 1}`,
    with: record(find(token, 'with')),
    env: record(find(token, 'env')),
    continueOnError: text(find(token, 'continue-on-error')) === 'true',
    where: position(path, token),
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
