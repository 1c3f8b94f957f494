import { anyText, bool, each, isText, mapping, nothing, oneOf, type Check, words } from './shape.ts'

/** Events that may stand alone, as a plain word. */
const ALONE = new Set([
  'create',
  'delete',
  'deployment',
  'fork',
  'gollum',
  'issue_comment',
  'issues',
  'page_build',
  'public',
  'pull_request',
  'pull_request_target',
  'push',
  'release',
  'repository_dispatch',
  'status',
  'workflow_call',
  'workflow_dispatch',
])

const filters = { branches: words, 'branches-ignore': words, paths: words, 'paths-ignore': words }
const types = (...known: string[]): Check => {
  const set = new Set<unknown>(known)
  const one: Check = (node) => set.has(node.value)
  return oneOf(one, (node) => (node.items ?? []).length > 0 && each(one)(node))
}
const PULL = types('opened', 'synchronize', 'reopened', 'labeled', 'unlabeled', 'closed', 'edited', 'ready_for_review')

/** A default must be of the input's type. */
const input: Check = (node) => {
  if (nothing(node)) return false
  const type = node.pairs?.find((pair) => pair.key.value === 'type')?.value.value ?? 'string'
  const fallback: Check = type === 'boolean' ? bool : isText
  return (type === 'string' || type === 'boolean') && inputOf(fallback)(node)
}
const inputOf = (fallback: Check): Check =>
  mapping({
    description: anyText,
    required: bool,
    type: anyText,
    default: (node) => fallback(node) && !String(node.value).includes('${{'),
  })
const callInput: Check = (node) => node.pairs?.some((pair) => pair.key.value === 'type') === true && input(node)

/** `0 4 * * 1`: five fields of single numbers and stars. */
const cron: Check = (node) => {
  const fields = isText(node) ? node.value.split(' ') : []
  const least = [0, 0, 1, 1, 0]
  const most = [59, 23, 31, 12, 6]
  return (
    fields.length === 5 &&
    fields[0] !== '*' &&
    fields.every(
      (field, at) =>
        field === '*' ||
        (/^\d{1,2}$/.test(field) && Number(field) >= (least[at] ?? 0) && Number(field) <= (most[at] ?? 0)),
    )
  )
}

const EVENTS: Record<string, Check> = {
  push: mapping({ ...filters, tags: words, 'tags-ignore': words }),
  pull_request: mapping({ ...filters, types: PULL }),
  pull_request_target: mapping({ ...filters, types: PULL }),
  release: mapping({
    types: types('published', 'unpublished', 'created', 'edited', 'deleted', 'prereleased', 'released'),
  }),
  workflow_run: mapping(
    {
      workflows: words,
      types: types('completed', 'requested', 'in_progress'),
      branches: words,
      'branches-ignore': words,
    },
    undefined,
    ['workflows'],
  ),
  workflow_dispatch: mapping({ inputs: mapping({}, input) }),
  workflow_call: mapping({
    inputs: mapping({}, callInput),
    secrets: mapping({}, oneOf(nothing, mapping({ required: bool, description: anyText }))),
  }),
  repository_dispatch: mapping({ types: words }),
  schedule: (node) => (node.items ?? []).length > 0 && each(mapping({ cron }, undefined, ['cron']))(node),
}

/** `on:` as nearly every workflow has it. */
export const isTrigger: Check = (node) => {
  const alone: Check = (one) => ALONE.has(one.value as string)
  if (node.kind === 'scalar') return alone(node)
  if (node.kind === 'sequence') return (node.items ?? []).length > 0 && each(alone)(node)
  return (
    (node.pairs ?? []).length > 0 &&
    (node.pairs ?? []).every(({ key, value }) => {
      const check = EVENTS[key.value as string]
      return (nothing(value) && ALONE.has(key.value as string)) || check?.(value) === true
    })
  )
}
