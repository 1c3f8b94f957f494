import { publishFromHub } from '../commands/publish.ts'
import type { ExitCode } from '../core/errors.ts'
import { reportOn } from './channels.ts'
import type { Context } from './context.ts'
import { fromHub, type FromHubCliOptions } from './from-hub.ts'

export interface PublishCliOptions extends FromHubCliOptions {
  allowBackwards?: string[] | undefined
}

/** `tagonce publish [spokes…] --tag v1.2.3`: from the hub alone. */
export async function publishCommand(context: Context, only: string[], options: PublishCliOptions): Promise<ExitCode> {
  const allowBackwards = options.allowBackwards ?? []
  const report = await fromHub(context, only, options, (asked, io) => publishFromHub({ ...asked, allowBackwards }, io))
  return reportOn(context, 'publish', report)
}
