import { instructionsOf, instructionsText, plannedInstructions } from '../release/instructions.ts'
import { openHub } from '../commands/from-hub.ts'
import { ExitCode, throwIfErrors } from '../core/errors.ts'
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
  reporter.print(reporter.json ? JSON.stringify({ type: 'instructions', instructions: all }) : instructionsText(all))
  return ExitCode.ok
}

async function read(context: Context, only: string[], options: InstructionsCliOptions): Promise<Instruction[]> {
  const { tag, hub, config } = options
  if (tag !== undefined) {
    return fromHub(context, only, { tag, hub }, async (asked, io) => instructionsOf(await openHub(asked, io), only))
  }
  const { plan } = await openPlan({
    root: context.root,
    env: context.env,
    snapshot: true,
    signal: context.signal,
    planSpokes: (spokeConfig) => planSpokes(spokeConfig, new Set()),
    ...(config === undefined ? {} : { config }),
  })
  const errors = plan.diagnostics.filter((one) => one.severity === 'error')
  throwIfErrors('plan', 'the channels are not known while the config is wrong', errors)
  return plannedInstructions(plan, only)
}
