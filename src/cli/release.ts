import { readFile } from 'node:fs/promises'
import { credentialsOf } from '../core/credentials.ts'
import { ExitCode } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { release } from '../release.ts'
import { writeReport } from '../release/report.ts'
import { table } from '../report/text.ts'
import { size } from '../report/text.ts'
import { VERSION } from '../version.ts'
import { channelLines } from './channels.ts'
import type { Context } from './context.ts'

export interface ReleaseCliOptions {
  config?: string | undefined
  snapshot?: true | undefined
  clean?: true | undefined
  skip?: string[] | undefined
  releaseNotes?: string | undefined
  parallelism?: number | undefined
}

/** `tagonce release`: the real thing, or with --snapshot everything but publishing. */
export async function releaseCommand(context: Context, options: ReleaseCliOptions): Promise<ExitCode> {
  const { events, env, signal, root, reporter } = context
  const { config, parallelism, releaseNotes } = options
  await using folder = await tempFolder('release')
  const { plan, sealed, report } = await release(
    {
      root,
      snapshot: options.snapshot === true,
      clean: options.clean === true,
      skip: new Set(options.skip ?? []),
      ...(config === undefined ? {} : { config }),
      ...(parallelism === undefined ? {} : { parallelism }),
      ...(releaseNotes === undefined ? {} : { notes: await readFile(releaseNotes, 'utf8') }),
    },
    {
      events,
      env,
      credentials: credentialsOf(env),
      http: createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` }),
      signal,
      folder: folder.path,
      stripSecrets: false,
    },
  )
  const { files } = sealed
  if (report === undefined) {
    if (reporter.json) reporter.print(JSON.stringify({ type: 'release', files }))
    else
      reporter.print(
        table(
          files.map((one) => [one.path, size(one.size)]),
          reporter.columns,
        ).join('\n'),
      )
    return ExitCode.ok
  }
  const facts = { commit: plan.source.commit, at: new Date().toISOString(), files: files.length }
  const page = await writeReport(`${root}/${plan.dist}`, report, facts)
  if (reporter.json) reporter.print(JSON.stringify({ type: 'release', report, page }))
  else reporter.print(['', ...channelLines(report, reporter.paint, reporter.columns), '', `report: ${page}`].join('\n'))
  return report.exitCode
}
