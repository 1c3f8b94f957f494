import { publishFromHub } from '../commands/publish.ts'
import { credentialsOf } from '../core/credentials.ts'
import type { ExitCode } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { VERSION } from '../version.ts'
import { channelLines } from './channels.ts'
import type { Context } from './context.ts'

export interface PublishCliOptions {
  tag: string
  hub?: string | undefined
}

/** `tagonce publish [spokes…] --tag v1.2.3`: from the hub alone. */
export async function publishCommand(context: Context, only: string[], options: PublishCliOptions): Promise<ExitCode> {
  const { events, env, signal, root, reporter } = context
  await using folder = await tempFolder('publish')
  const http = createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` })
  const report = await publishFromHub(
    { root, tag: options.tag, only, env, ...(options.hub === undefined ? {} : { hub: options.hub }) },
    { http, credentials: credentialsOf(env), events, signal, folder: folder.path },
  )
  if (reporter.json) reporter.print(JSON.stringify({ type: 'publish', report }))
  else reporter.print(['', ...channelLines(report, reporter.paint, reporter.columns)].join('\n'))
  return report.exitCode
}
