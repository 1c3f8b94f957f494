import { showDifference } from '../compare/facts.ts'
import { PUT_ASIDE } from '../compare/put-aside.ts'
import { compareWithGoReleaser, type Compared } from '../commands/migrate.ts'
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
    const word = failedBoth(compared) ? 'both fail' : apart === 0 ? 'equal' : `${apart} differ`
    return [kind, `${count} compared`, kind === 'release' || apart > 0 ? word : 'equal']
  })
  reporter.print(table(rows, columns).join('\n'))
  for (const one of compared.found) reporter.print(showDifference(one).join('\n'))
  for (const { who, said } of compared.failed) reporter.complain([`${who} failed:`, said, ''])
  if (compared.meant.length > 0) {
    const reasons = compared.meant.map(([reason, count]) => `  ${reason}: ${count}`)
    reporter.print(['', 'differs on purpose (docs/goreleaser.md says why):', ...reasons].join('\n'))
  }
  reporter.print(['', 'put aside:', ...Object.values(PUT_ASIDE).map((one) => `  ${one}`), ''].join('\n'))
  reporter.print(`${compared.safe ? paint.green('✔') : paint.red('✖')} ${verdict(compared)}`)
  return compared.safe ? ExitCode.ok : ExitCode.failed
}

function failedBoth({ failed }: Compared): boolean {
  return failed.length === 2
}

function verdict(compared: Compared): string {
  const { safe, meant, found, failed, version } = compared
  const but = meant.length === 0 ? '' : ', but for what is on purpose'
  if (safe) return `safe to switch: the snapshots of GoReleaser ${version} and tagonce are the same${but}`
  if (failedBoth(compared))
    return `nothing could be compared: neither GoReleaser ${version} nor tagonce makes a snapshot of HEAD; mend that, or pass over a step with --skip`
  if (failed.length === 1) return `${failed[0]?.who} makes no snapshot of HEAD: look at what it said before you switch`
  return `look at ${found.length} ${found.length === 1 ? 'difference' : 'differences'} from GoReleaser ${version} before you switch`
}
