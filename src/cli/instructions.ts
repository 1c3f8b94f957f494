import { instructionsOf, instructionsText, plannedInstructions } from '../release/instructions.ts'
import { openHub } from '../commands/from-hub.ts'
import { ExitCode, throwIfErrors } from '../core/errors.ts'
import { gitIn } from '../external/git.ts'
import { openPlan } from '../plan/open.ts'
import { planSpokes } from '../release/spokes.ts'
import type { Instruction } from '../spokes/spoke.ts'
import type { Context } from './context.ts'
import { fromHub } from './from-hub.ts'

export interface InstructionsCliOptions {
  tag?: string | undefined
  hub?: string | undefined
  config?: string | undefined
}

/** `tagonce instructions [spokes…] [--tag v1.2.3]`: Markdown for a README, from a release or from the config. */
export async function instructionsCommand(
  context: Context,
  only: string[],
  options: InstructionsCliOptions,
): Promise<ExitCode> {
  const all = await read(context, only, options)
  const { reporter } = context
  if (all.length === 0 && !reporter.json) reporter.complain(['no package manager is fed: there is nothing to type'])
  else
    reporter.print(reporter.json ? JSON.stringify({ type: 'instructions', instructions: all }) : instructionsText(all))
  return ExitCode.ok
}

async function read(context: Context, only: string[], options: InstructionsCliOptions): Promise<Instruction[]> {
  const { tag, hub, config } = options
  if (tag !== undefined) {
    return fromHub(context, only, { tag, hub }, async (asked, io) => instructionsOf(await openHub(asked, io), only))
  }
  const { root, env, signal } = context
  // As of the newest tag: a snapshot's version is nobody's.
  const tagged = await gitIn(root, env, signal).ask(['describe', '--tags', '--abbrev=0'])
  const { plan } = await openPlan({
    root,
    env,
    signal,
    snapshot: false,
    skip: new Set(['validate']),
    ...(tagged === undefined ? { currentTag: 'v0.0.1' } : {}),
    planSpokes: (spokeConfig) => planSpokes(spokeConfig, new Set()),
    ...(config === undefined ? {} : { config }),
  })
  const errors = plan.diagnostics.filter((one) => one.severity === 'error')
  throwIfErrors('plan', 'the channels are not known while the config is wrong', errors)
  return plannedInstructions(plan, only)
}
