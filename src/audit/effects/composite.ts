import { posix } from 'node:path'
import { parse } from 'yaml'

/** One step of a composite action, as far as effects need it. */
export interface CompositeStep {
  name: string
  uses?: string
  run?: string
  shell?: string
  workingDirectory?: string
  with: Record<string, string>
  env: Record<string, string>
}

export interface LocalAction {
  /** Path of its `action.yml`. */
  path: string
  /** Defaults of its inputs. */
  inputs: Record<string, string>
  steps: CompositeStep[]
  /** A JavaScript action: the path of its script. */
  main?: string
}

/** An action of this repository: `uses: ./.github/actions/publish`. Undefined where it cannot be read. */
export function localAction(uses: string, readFile: (path: string) => string | undefined): LocalAction | undefined {
  if (!uses.startsWith('./')) return undefined
  const folder = posix.normalize(uses)
  for (const name of ['action.yml', 'action.yaml']) {
    const path = posix.join(folder, name)
    const text = readFile(path)
    if (text !== undefined) return readAction(path, text)
  }
  return undefined
}

function readAction(path: string, text: string): LocalAction | undefined {
  let whole: Record<string, unknown>
  try {
    whole = object(parse(text, { maxAliasCount: 100, logLevel: 'silent' }))
  } catch {
    return undefined
  }
  const runs = object(whole['runs'])
  const inputs = Object.fromEntries(
    Object.entries(object(whole['inputs'])).map(([name, input]) => [name, scalar(object(input)['default'])]),
  )
  const steps = Array.isArray(runs['steps']) ? (runs['steps'] as unknown[]).map(readStep) : []
  const main = scalar(runs['main'])
  return { path, inputs, steps, ...(main === '' ? {} : { main: posix.join(posix.dirname(path), main) }) }
}

function readStep(value: unknown): CompositeStep {
  const step = object(value)
  const [uses, run, shell, folder] = ['uses', 'run', 'shell', 'working-directory'].map((key) => scalar(step[key]))
  return {
    name: scalar(step['name']) || uses || 'a step',
    with: scalars(step['with']),
    env: scalars(step['env']),
    ...(uses ? { uses } : {}),
    ...(run ? { run } : {}),
    ...(shell ? { shell } : {}),
    ...(folder ? { workingDirectory: folder } : {}),
  }
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function scalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function scalars(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(object(value)).map(([key, one]) => [key, scalar(one)]))
}
