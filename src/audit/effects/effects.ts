import { posix } from 'node:path'
import type { Position } from '../../core/errors.ts'
import type { Effect, Job, Step, Workflow } from '../model.ts'
import { interpolate, type Contexts } from '../resolve/expressions.ts'
import { actionName, effectsOfAction, RELEASE_TOOLS } from './actions.ts'
import { effectsOfCommand } from './commands.ts'
import { localAction } from './composite.ts'
import type { Found } from './found.ts'
import { commandsIn, type Language, languageOf } from './languages.ts'
import { nameOfPackage } from './package-name.ts'
import { effectsOfReleaseTool, releaseToolIn } from './release-tool.ts'
import { followed } from './scripts.ts'
import { shellCommands } from './shell.ts'
import { secretsOf, tokenOf } from './tokens.ts'

/** Scripts that call scripts, and actions that use actions, are followed this deep. */
const DEEPEST = 4

type ReadFile = (path: string) => string | undefined

/**
 * Reads what a step does to the world. `readFile` gives a file of the same commit.
 * Inputs that are known are filled in, so that `v${{ inputs.version }}` shows as what it becomes.
 */
export function effectsOfStep(
  workflow: Workflow,
  job: Job,
  step: Step,
  contexts: Contexts,
  readFile: ReadFile,
): Effect[] {
  const secrets = secretsOf(step, job, workflow)
  const finish = (found: Found, where: Position): Effect => {
    const { line, ...effect } = found
    const at = line === undefined ? where : { ...where, line: where.line + line }
    return { ...effect, secrets, token: tokenOf(step, job, workflow, found.through), where: at }
  }
  if (step.uses !== undefined) {
    return ofUses(step.uses, step.with, contexts, readFile, 0).map((one) => finish(one, step.where))
  }
  if (step.run === undefined) return []
  // The text of a block scalar starts on the line after its header.
  const start = step.runWhere ?? step.where
  const header = lineOf(workflow.text, start.line).slice(start.column - 1)
  const where = /^[|>]/.test(header) ? { ...start, line: start.line + 1, column: 1 } : start
  const script = interpolate(step.run, contexts)
  const language = languageOf('', '', step.shell ?? (/windows/i.test(job.runsOn) ? 'pwsh' : ''))
  const folder = step.workingDirectory === undefined ? '.' : interpolate(step.workingDirectory, contexts)
  return ofScript(script, language, readFile, folder, 0).map((one) => finish(one, where))
}

function lineOf(text: string, line: number): string {
  let at = 0
  for (let count = 1; count < line && at !== -1; count += 1) at = text.indexOf('\n', at) + 1 || -1
  return at === -1 ? '' : text.slice(at, text.indexOf('\n', at) === -1 ? undefined : text.indexOf('\n', at))
}

/** What an action does: a well-known one, a release tool, or one of this repository, which is followed. */
function ofUses(
  uses: string,
  input: Record<string, string>,
  contexts: Contexts,
  readFile: ReadFile,
  depth: number,
): Found[] {
  const filled = Object.fromEntries(Object.entries(input).map(([key, value]) => [key, interpolate(value, contexts)]))
  const name = actionName(uses) ?? ''
  const tool = RELEASE_TOOLS[name]
  if (tool !== undefined) {
    if (filled['install-only'] === 'true') return []
    return effectsOfReleaseTool(tool.tool, words(filled[tool.args] ?? ''), readFile, filled['workdir'] ?? '.')
  }
  if (name === 'actions/github-script') {
    return ofScript(filled['script'] ?? '', 'javascript', readFile, '.', depth + 1).map((one) => plain(one, name))
  }
  const action = depth >= DEEPEST ? undefined : localAction(uses, readFile)
  if (action === undefined) return effectsOfAction(uses, filled)
  const inside: Contexts = { ...contexts, inputs: { ...action.inputs, ...filled } }
  const script = action.main === undefined ? undefined : readFile(action.main)
  const found = [
    ...(script === undefined ? [] : ofScript(script, 'javascript', readFile, '.', depth + 1)),
    ...action.steps.flatMap((step) => {
      if (step.uses !== undefined) return ofUses(step.uses, step.with, inside, readFile, depth + 1)
      const language = languageOf('', '', step.shell)
      return ofScript(interpolate(step.run ?? '', inside), language, readFile, step.workingDirectory ?? '.', depth + 1)
    }),
  ]
  return found.map((one) => plain(one, action.path))
}

/** Found inside something: its own lines mean nothing to the workflow. */
function plain(found: Found, inside: string): Found {
  const { line: _, ...rest } = found
  return { ...rest, through: `${rest.through} (in ${inside})` }
}

function ofScript(script: string, language: Language, readFile: ReadFile, start: string, depth: number): Found[] {
  const found: Found[] = []
  let folder = start
  for (const command of commandsIn(script, language)) {
    const [program = '', ...args] = command.words
    if (program === 'cd' || program === 'pushd' || program === 'Set-Location') {
      const to = args.find((arg) => !arg.startsWith('-'))
      if (to !== undefined && !to.includes('$') && !to.startsWith('/')) folder = posix.join(folder, to)
      continue
    }
    const tool = releaseToolIn(command.words)
    if (tool !== undefined) {
      const effects = effectsOfReleaseTool(tool.tool, tool.args, readFile, folder)
      found.push(...effects.map((one) => ({ ...one, line: command.line })))
      continue
    }
    found.push(...effectsOfCommand(command).map((one) => nameOfPackage(one, folder, readFile)))
    if (depth >= DEEPEST) continue
    for (const { path, text, language: theirs, folder: where } of followed(command, folder, readFile)) {
      const inner = ofScript(text, theirs ?? languageOf(path, text), readFile, where ?? folder, depth + 1)
      found.push(...inner.map((one) => ({ ...one, through: `${one.through} (in ${path})`, line: command.line })))
    }
  }
  return found
}

function words(text: string): string[] {
  return shellCommands(`x ${text.replaceAll('\n', ' ')}`)[0]?.words.slice(1) ?? []
}
