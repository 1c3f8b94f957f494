import { adopt } from '../commands/adopt.ts'
import { credentialsOf } from '../core/credentials.ts'
import { ExitCode } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { manifestText } from '../manifest/seal.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'

export interface AdoptCliOptions {
  config?: string | undefined
  skip?: string[] | undefined
  dryRun?: true | undefined
}

const OUTCOME = {
  uploaded: 'has its manifest now',
  there: 'has this manifest already: nothing to do',
  'dry run': 'could be adopted; nothing was uploaded',
}

/** `tagonce adopt v2.0.1`: makes a release of another tool into a hub. */
export async function adoptCommand(context: Context, tag: string, options: AdoptCliOptions): Promise<ExitCode> {
  const { events, env, signal, root, reporter } = context
  await using folder = await tempFolder('adopt')
  const http = createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` })
  const { manifest, outcome } = await adopt(
    {
      root,
      tag,
      skip: new Set(options.skip),
      dryRun: options.dryRun === true,
      env,
      ...(options.config === undefined ? {} : { config: options.config }),
    },
    { http, credentials: credentialsOf(env), events, signal, folder: folder.path },
  )
  if (reporter.json) reporter.print(JSON.stringify({ type: 'adopt', outcome, manifest }))
  else {
    const spokes = [...new Set(manifest.spokes.flatMap((one) => (one.skip === undefined ? [one.spoke] : [])))]
    const lines = [`${tag} of ${manifest.hub.owner}/${manifest.hub.repo} ${OUTCOME[outcome]}`]
    lines.push(`${manifest.artifacts.length} files, ${spokes.length} spokes: ${spokes.join(', ') || 'none'}`)
    if (outcome === 'dry run') lines.push('', manifestText(manifest).trimEnd())
    else lines.push(`next: tagonce publish --tag ${tag}`)
    reporter.print(lines.join('\n'))
  }
  return ExitCode.ok
}
