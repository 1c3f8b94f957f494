import type { Node } from '../node.ts'
import { isTrigger } from './check-on.ts'
import { areReadable, type Allowed, allowed, isReadable } from './expressions.ts'
import { anyText, bool, each, isText, mapping, number, oneOf, type Check, word, words } from './shape.ts'

// The part of GitHub's schema that nearly every workflow stays in, each value with the contexts of that schema.
// "Clearly valid" is all that is said here: whatever is not, GitHub's own parser judges.

const ROOT = allowed('github', 'inputs', 'vars')
const WORKFLOW_ENV = allowed('github', 'inputs', 'vars', 'secrets')
const JOB = ['github', 'inputs', 'vars', 'needs', 'strategy', 'matrix']
const STRATEGY = allowed(...JOB)
const JOB_ENV = allowed(...JOB, 'secrets')
const JOB_DEFAULTS = allowed(...JOB, 'env')
const JOB_IF = allowed(
  'github',
  'inputs',
  'vars',
  'needs',
  'always(0,0)',
  'failure(0,MAX)',
  'cancelled(0,0)',
  'success(0,MAX)',
)
const STEP = allowed(...JOB, 'secrets', 'steps', 'job', 'runner', 'env', 'hashFiles(1,255)')
const STEP_IF = allowed(
  ...JOB,
  'steps',
  'job',
  'runner',
  'env',
  'always(0,0)',
  'failure(0,0)',
  'cancelled(0,0)',
  'success(0,0)',
  'hashFiles(1,255)',
)
const OUTPUT = allowed(...JOB, 'secrets', 'steps', 'job', 'runner', 'env', 'hashFiles(1,255)')

/** Any scalar, its expressions readable here. */
const filled =
  (place: Allowed): Check =>
  (node) =>
    node.kind === 'scalar' && (typeof node.value !== 'string' || areReadable(node.value, place))

/** The same, and not empty. */
const filledWord =
  (place: Allowed): Check =>
  (node) =>
    isText(node) && node.value !== '' && areReadable(node.value, place)

const flag =
  (place: Allowed): Check =>
  (node) =>
    bool(node) || isExpression(node, place)

const amount =
  (place: Allowed): Check =>
  (node) =>
    number(node) || isExpression(node, place)

function isExpression(node: Node, place: Allowed): boolean {
  return isText(node) && /^\$\{\{[^}]*\}\}$/.test(node.value) && areReadable(node.value, place)
}

const condition =
  (place: Allowed): Check =>
  (node) => {
    if (node.kind !== 'scalar' || node.value === null) return false
    const text = String(node.value).trim()
    const inside = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text)?.[1] ?? text
    return inside.trim() !== '' && !inside.includes('${{') && !inside.includes('}}') && isReadable(inside, place)
  }

const env = (place: Allowed): Check => mapping({}, filled(place))
const permissions: Check = (node) =>
  node.kind === 'scalar'
    ? node.value === 'read-all' || node.value === 'write-all'
    : (node.pairs ?? []).every(({ key, value }) => {
        const level = value.value
        const scope = String(key.value)
        if (scope === 'id-token') return level === 'write' || level === 'none'
        return SCOPES.has(scope) && (level === 'read' || level === 'write' || level === 'none')
      }) && node.kind === 'mapping'
const SCOPES = new Set([
  'actions',
  'attestations',
  'checks',
  'contents',
  'deployments',
  'discussions',
  'issues',
  'packages',
  'pages',
  'pull-requests',
  'security-events',
  'statuses',
])

const concurrency = (place: Allowed): Check =>
  oneOf(
    filledWord(place),
    mapping({ group: filledWord(place), 'cancel-in-progress': flag(place) }, undefined, ['group']),
  )

const defaults = (place: Allowed | undefined): Check =>
  mapping({
    run: mapping({
      shell: place === undefined ? word : filledWord(place),
      'working-directory': place === undefined ? word : filledWord(place),
    }),
  })

const literal: Check = (node) => node.kind === 'scalar' && node.value !== null && !String(node.value).includes('${{')
const literalMap: Check = mapping({}, literal)
const axis: Check = (node) => node.kind === 'sequence' && each(oneOf(literal, literalMap))(node)
const matrix: Check = (node) =>
  node.kind === 'mapping' &&
  (node.pairs ?? []).every(({ key, value }) =>
    key.value === 'include' || key.value === 'exclude' ? each(literalMap)(value) : axis(value),
  )
const strategy: Check = mapping({ matrix, 'fail-fast': bool, 'max-parallel': number })

const ID = /^(?!__)[A-Za-z_][\w-]{0,98}$/
const identifier: Check = (node) => isText(node) && ID.test(node.value)
const action: Check = (node) =>
  isText(node) && /^(?:[\w.-]+\/[\w./-]+@[\w./-]+|\.\/[\w./-]+|docker:\/\/[\w./:@-]+)$/.test(node.value)
const common = {
  id: identifier,
  name: filled(STEP),
  if: condition(STEP_IF),
  env: env(STEP),
  'continue-on-error': flag(STEP),
  'timeout-minutes': amount(STEP),
}
const runStep = mapping(
  { ...common, run: filledWord(STEP), shell: word, 'working-directory': filledWord(STEP) },
  undefined,
  ['run'],
)
const useStep = mapping({ ...common, uses: action, with: env(STEP) }, undefined, ['uses'])

const steps: Check = (node) => {
  if (node.kind !== 'sequence' || (node.items ?? []).length === 0) return false
  const ids = new Set<string>()
  return (node.items ?? []).every((step) => {
    const id = step.pairs?.find((pair) => pair.key.value === 'id')?.value.value
    if (id !== undefined && ids.has(String(id).toLowerCase())) return false
    if (id !== undefined) ids.add(String(id).toLowerCase())
    return step.pairs?.some((pair) => pair.key.value === 'run') === true ? runStep(step) : useStep(step)
  })
}

const anyJob = {
  name: filled(STRATEGY),
  needs: words,
  if: condition(JOB_IF),
  permissions,
  concurrency: concurrency(STRATEGY),
  strategy,
}
const normalJob = mapping(
  {
    ...anyJob,
    'runs-on': oneOf(filledWord(STRATEGY), (node) => node.kind === 'sequence' && each(filledWord(STRATEGY))(node)),
    environment: oneOf(
      filledWord(STRATEGY),
      mapping({ name: filledWord(STRATEGY), url: anyText }, undefined, ['name']),
    ),
    env: env(JOB_ENV),
    outputs: mapping({}, filled(OUTPUT)),
    defaults: defaults(JOB_DEFAULTS),
    'timeout-minutes': amount(STRATEGY),
    'continue-on-error': flag(STRATEGY),
    steps,
  },
  undefined,
  ['runs-on', 'steps'],
)
const called: Check = (node) =>
  isText(node) &&
  /^(?:\.\/\.github\/workflows\/[\w.-]+\.ya?ml|[\w.-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+\.ya?ml@[\w./-]+)$/.test(
    node.value,
  )
const callingJob = mapping(
  { ...anyJob, uses: called, with: env(STRATEGY), secrets: oneOf((node) => node.value === 'inherit', env(JOB_ENV)) },
  undefined,
  ['uses'],
)

const jobs: Check = (node) => {
  const pairs = node.pairs ?? []
  if (node.kind !== 'mapping' || pairs.length === 0) return false
  const well = pairs.every(({ key, value }) => {
    const calls = value.pairs?.some((pair) => pair.key.value === 'uses') === true
    return identifier(key) && (calls ? callingJob : normalJob)(value)
  })
  return well && isOrdered(pairs.map(({ key, value }) => ({ id: String(key.value), needs: needsOf(value) })))
}

function needsOf(job: Node): string[] {
  const needs = job.pairs?.find((pair) => pair.key.value === 'needs')?.value
  if (needs === undefined) return []
  return needs.kind === 'scalar' ? [String(needs.value)] : (needs.items ?? []).map((one) => String(one.value))
}

/** Whether every job waits for jobs that are there, and no two for each other. */
function isOrdered(waiting: { id: string; needs: string[] }[]): boolean {
  const done = new Set<string>()
  let rest = waiting
  while (rest.length > 0) {
    const ready = rest.filter((one) => one.needs.every((id) => done.has(id)))
    if (ready.length === 0) return false
    for (const one of ready) done.add(one.id)
    rest = rest.filter((one) => !done.has(one.id))
  }
  return true
}

/** Whether GitHub's parser would certainly find nothing wrong with a workflow. */
export const isClearlyValid: Check = mapping(
  {
    name: anyText,
    'run-name': filledWord(ROOT),
    on: isTrigger,
    permissions,
    env: env(WORKFLOW_ENV),
    defaults: defaults(undefined),
    concurrency: concurrency(ROOT),
    jobs,
  },
  undefined,
  ['on', 'jobs'],
)
