import type { Position } from '../../core/errors.ts'
import type { Effect, Job, Step, Workflow } from '../model.ts'
import { interpolate, type Contexts } from '../resolve/expressions.ts'
import { actionName, effectsOfAction, RELEASE_TOOLS } from './actions.ts'
import { effectsOfCommand } from './commands.ts'
import type { Found } from './found.ts'
import { effectsOfReleaseTool } from './release-tool.ts'
import { followed } from './scripts.ts'
import { shellCommands } from './shell.ts'

/** Scripts that call scripts are followed this deep. */
const DEEPEST = 4

/**
 * Reads what a step does to the world. `readFile` gives a file of the same commit.
 * Inputs that are known are filled in, so that `v${{ inputs.version }}` shows as what it becomes.
 */
export function effectsOfStep(
  workflow: Workflow,
  job: Job,
  step: Step,
  contexts: Contexts,
  readFile: (path: string) => string | undefined,
): Effect[] {
  const secrets = secretsOf(step, job, workflow)
  const filled = (values: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, interpolate(value, contexts)]))
  const finish = (found: Found, where: Position): Effect => {
    const { line, ...effect } = found
    return { ...effect, secrets, where: line === undefined ? where : { ...where, line: where.line + line } }
  }
  if (step.uses !== undefined) {
    const name = actionName(step.uses) ?? ''
    const tool = RELEASE_TOOLS[name]
    const input = filled(step.with)
    const found =
      tool === undefined
        ? effectsOfAction(step.uses, input)
        : input['install-only'] === 'true'
          ? []
          : effectsOfReleaseTool(tool.tool, words(input[tool.args] ?? ''), readFile)
    return found.map((one) => finish(one, step.where))
  }
  if (step.run === undefined) return []
  // The text of a block scalar starts on the line after its header.
  const start = step.runWhere ?? step.where
  const first = (workflow.text.split('\n')[start.line - 1] ?? '').slice(start.column - 1)
  const where = /^[|>]/.test(first) ? { ...start, line: start.line + 1, column: 1 } : start
  return ofScript(interpolate(step.run, contexts), readFile, step.workingDirectory ?? '.', 0).map((one) =>
    finish(one, where),
  )
}

function ofScript(
  script: string,
  readFile: (path: string) => string | undefined,
  folder: string,
  depth: number,
): Found[] {
  const found: Found[] = []
  for (const command of shellCommands(script)) {
    const program = command.words[0]?.split('/').at(-1) ?? ''
    if (program === 'goreleaser' || program === 'tagonce') {
      found.push(
        ...effectsOfReleaseTool(program, command.words.slice(1), readFile).map((one) => ({
          ...one,
          line: command.line,
        })),
      )
      continue
    }
    found.push(...effectsOfCommand(command))
    if (depth >= DEEPEST) continue
    for (const { path, text } of followed(command, folder, readFile)) {
      const inner = ofScript(text, readFile, folder, depth + 1)
      found.push(...inner.map((one) => ({ ...one, through: `${one.through} (in ${path})`, line: command.line })))
    }
  }
  return found
}

function words(text: string): string[] {
  return shellCommands(`x ${text.replaceAll('\n', ' ')}`)[0]?.words.slice(1) ?? []
}

const SECRET = /secrets\.([A-Za-z_]\w*)|secrets\[['"]([^'"]+)['"]\]|github\.token/g

/** Names of the secrets that a step can read: its own texts, and the environment of its job and workflow. */
function secretsOf(step: Step, job: Job, workflow: Workflow): string[] {
  const texts = [
    step.run ?? '',
    ...Object.values(step.with),
    ...Object.values(step.env),
    ...Object.values(job.env),
    ...Object.values(workflow.env),
  ]
  const names = texts.flatMap((text) => [...text.matchAll(SECRET)].map((one) => one[1] ?? one[2] ?? 'GITHUB_TOKEN'))
  return [...new Set(names)].sort()
}
