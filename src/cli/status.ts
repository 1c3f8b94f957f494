import { status } from '../commands/status.ts'
import { verify } from '../commands/verify.ts'
import type { ExitCode } from '../core/errors.ts'
import { reportOn } from './channels.ts'
import type { Context } from './context.ts'
import { fromHub, type FromHubCliOptions } from './from-hub.ts'

/** `tagonce status [spokes…] --tag v1.2.3`: what every channel shows. */
export async function statusCommand(context: Context, only: string[], options: FromHubCliOptions): Promise<ExitCode> {
  return reportOn(context, 'status', await fromHub(context, only, options, status))
}

/** `tagonce verify [spokes…] --tag v1.2.3`: whether users get the hub's bytes. */
export async function verifyCommand(context: Context, only: string[], options: FromHubCliOptions): Promise<ExitCode> {
  return reportOn(context, 'verify', await fromHub(context, only, options, verify))
}
