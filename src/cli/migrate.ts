import { showDifference } from '../compare/facts.ts'
import { PUT_ASIDE } from '../compare/put-aside.ts'
import { compareWithGoReleaser } from '../commands/migrate.ts'
import { ExitCode, TagonceError } from '../core/errors.ts'
import { table } from '../report/text.ts'
import type { Context } from './context.ts'

export interface MigrateCliOptions {
  compare?: true | undefined
  goreleaser?: string | undefined
  skip?: string[] | undefined
}

/** `tagonce migrate --compare`: exit 0 when it is safe to switch, 1 when something differs. */
export async function migrateCommand(context: Context, options: MigrateCliOptions): Promise<ExitCode> {
  if (options.compare !== true) {
    throw new TagonceError('usage', 'migrate needs --compare', {
      hint: 'nothing has to be migrated: the config is read as it is; `tagonce migrate --compare` shows that the same comes of it',
    })
  }
  const { root, env, signal, reporter, events } = context
  const { paint, columns } = reporter
  const compared = await events.task('compare', (task) =>
    compareWithGoReleaser({
      root,
      env,
      signal,
      tagonce: [process.execPath, process.argv[1] ?? 'tagonce'],
      skip: options.skip ?? [],
      onStep: (step) => task.log(`a snapshot by ${step}`),
      ...(options.goreleaser === undefined ? {} : { goreleaser: options.goreleaser }),
    }),
  )
  if (reporter.json) {
    reporter.print(JSON.stringify(compared, null, 2))
    return compared.safe ? ExitCode.ok : ExitCode.failed
  }
  const rows = compared.compared.map(([kind, count]) => {
    const apart = compared.found.filter((one) => one.fact.startsWith(`${kind} › `)).length
    return [kind, `${count} compared`, apart === 0 ? 'equal' : `${apart} differ`]
  })
  reporter.print(table(rows, columns).join('\n'))
  for (const one of compared.found) reporter.print(showDifference(one).join('\n'))
  for (const { who, said } of compared.failed) reporter.complain([`${who} failed:`, said, ''])
  reporter.print(['', 'put aside:', ...Object.values(PUT_ASIDE).map((one) => `  ${one}`), ''].join('\n'))
  reporter.print(
    compared.safe
      ? `${paint.green('✔')} safe to switch: the snapshots of GoReleaser ${compared.version} and tagonce are the same`
      : `${paint.red('✖')} look at ${compared.found.length} differences from GoReleaser ${compared.version} before you switch; docs/goreleaser.md says which are on purpose`,
  )
  return compared.safe ? ExitCode.ok : ExitCode.failed
}
