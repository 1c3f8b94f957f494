import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { credentialsOf } from '../core/credentials.ts'
import { type Diagnostic, ExitCode, TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { release } from '../release.ts'
import type { GivenText } from '../release/given-texts.ts'
import { writeReport } from '../release/report.ts'
import { table } from '../report/text.ts'
import { size } from '../report/text.ts'
import { VERSION } from '../version.ts'
import { channelLines } from './channels.ts'
import type { Context } from './context.ts'
import { withDeadline } from './deadline.ts'
import { releaseSkips } from './skips.ts'
import { isSnapshot } from './snapshot.ts'

export interface ReleaseCliOptions {
  config?: string | undefined
  snapshot?: true | undefined
  nightly?: true | undefined
  clean?: true | undefined
  skip?: string[] | undefined
  releaseNotes?: string | undefined
  releaseNotesTmpl?: string | undefined
  releaseHeader?: string | undefined
  releaseHeaderTmpl?: string | undefined
  releaseFooter?: string | undefined
  releaseFooterTmpl?: string | undefined
  autoSnapshot?: true | undefined
  draft?: true | undefined
  failFast?: true | undefined
  /** Milliseconds. */
  timeout?: number | undefined
  parallelism?: number | undefined
}

/** `tagonce release`: the real thing, or with --snapshot everything but publishing. */
export function releaseCommand(context: Context, options: ReleaseCliOptions): Promise<ExitCode> {
  return withDeadline(context, 'release', options.timeout, (limited) => releaseWithin(limited, options))
}

async function releaseWithin(context: Context, options: ReleaseCliOptions): Promise<ExitCode> {
  const { events, env, signal, root, reporter } = context
  const { config, parallelism = 0 } = options
  const snapshot = await isSnapshot(context, options)
  const nightly = options.nightly === true && !snapshot
  // As with GoReleaser Pro.
  const implied = nightly ? ['announce', 'validate'] : []
  const skip = releaseSkips([...(options.skip ?? []), ...implied], snapshot)
  if (options.failFast === true) events.diagnostic(FAIL_FAST)
  await using folder = await tempFolder('release')
  const { plan, sealed, report } = await release(
    {
      root,
      snapshot,
      nightly,
      clean: options.clean === true,
      skip,
      ...(config === undefined ? {} : { config }),
      ...(parallelism === 0 ? {} : { parallelism }),
      ...(options.draft === true ? { draft: true } : {}),
      texts: {
        ...(await given(root, 'notes', options.releaseNotes, options.releaseNotesTmpl)),
        ...(await given(root, 'header', options.releaseHeader, options.releaseHeaderTmpl)),
        ...(await given(root, 'footer', options.releaseFooter, options.releaseFooterTmpl)),
      },
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

/** A text of `--release-notes` and its like; the template wins. */
async function given<K extends 'notes' | 'header' | 'footer'>(
  root: string,
  key: K,
  file: string | undefined,
  template: string | undefined,
): Promise<{ [P in K]?: GivenText }> {
  const path = template ?? file
  if (path === undefined) return {}
  const option = `--release-${key}${template === undefined ? '' : '-tmpl'}`
  const text = await readFile(resolve(root, path), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TagonceError('usage', `${option}: ${path} could not be read (${error.code ?? error.message})`, {
      cause: error,
    })
  })
  return { [key]: { text, option, template: template !== undefined } } as { [P in K]?: GivenText }
}

const FAIL_FAST: Diagnostic = {
  severity: 'info',
  code: 'needless',
  message: '--fail-fast has nothing to stop: all channels are fed at once, and none waits for another',
}
