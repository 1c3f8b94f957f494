import type { Diagnostic } from '../../core/errors.ts'
import type { Workflow } from '../model.ts'
import type { AuditInput } from '../rules/rule.ts'
import type { Candidate } from './candidates.ts'
import type { CleanOptions } from './options.ts'

/** What becomes of a channel. */
export interface ChannelFate {
  channel: string
  /** Workflows that publish to it now. */
  by: string[]
  fate: 'kept' | 'covered by tagonce' | 'lost'
  reason: string
}

/** How tagonce feeds a channel that GoReleaser has no open key for. */
const KEY: Record<string, string> = { npm: 'npms', pypi: 'pypis' }

/** Channels that only removed workflows publish to: lost, unless tagonce's own config covers them. */
export function channelProblems(
  survivor: Candidate | undefined,
  goes: Candidate[],
  input: AuditInput,
  options: CleanOptions,
): { fates: ChannelFate[]; problems: Diagnostic[] } {
  const of = (one: Candidate): string[] => [...one.hubFed, ...one.ownBytes]
  const all = [...(survivor === undefined ? [] : [survivor]), ...goes]
  const fates: ChannelFate[] = []
  const problems: Diagnostic[] = []
  for (const channel of [...new Set(all.flatMap(of))].sort()) {
    const by = all.filter((one) => of(one).includes(channel)).map((one) => one.path)
    if (survivor !== undefined && of(survivor).includes(channel)) {
      fates.push({ channel, by, fate: 'kept', reason: `${survivor.path} publishes it` })
      continue
    }
    const covered = coveredBy(channel, input)
    if (covered !== undefined) {
      fates.push({ channel, by, fate: 'covered by tagonce', reason: covered })
      continue
    }
    fates.push({ channel, by, fate: 'lost', reason: `only ${by.join(', ')} publishes to it` })
    const last = options.runs?.delivered.find((one) => one.channel === channel)
    const never = options.runs !== undefined && last === undefined
    const evidence =
      last !== undefined
        ? `${last.workflow} delivered ${last.tag} to it`
        : never
          ? 'no run on record has ever delivered to it'
          : 'without runs (--runs) it is taken to have versions that users install'
    const allowed = options.allowLoss.includes(channel)
    const where = goes.find((one) => of(one).includes(channel))?.effects.find((one) => one.channel === channel)?.where
    problems.push({
      severity: allowed || never ? 'warning' : 'error',
      code: 'channel-loss',
      message: `${channel} loses its last publisher (${by.join(', ')}): ${evidence}`,
      ...(where === undefined ? {} : { where }),
      mend:
        KEY[channel] === undefined
          ? `add ${channel} to the config, or allow the loss with --allow-loss ${channel}`
          : `add \`${KEY[channel]}:\` to tagonce.yaml, and tagonce publishes it from the hub; or allow the loss with --allow-loss ${channel}`,
    })
  }
  return { fates, problems }
}

function coveredBy(channel: string, { config }: AuditInput): string | undefined {
  const key = KEY[channel]
  const declared =
    channel === 'npm' ? config?.loaded.config.npms : channel === 'pypi' ? config?.loaded.own.pypis : undefined
  if (key === undefined || (declared ?? []).length === 0) return undefined
  return `\`${key}\` declares it: \`tagonce release\` publishes it from the hub (\`tagonce workflow\` writes the workflow)`
}

/** Names that wrappers ask the release for, that a removed workflow makes and the one that stays does not. */
export function urlProblems(
  survivor: Candidate | undefined,
  goes: Candidate[],
  inUse: string[],
  options: CleanOptions,
): Diagnostic[] {
  const broken = [...new Set(inUse)].filter(
    (name) => survivor?.makes(name) !== true && goes.some((one) => one.makes(name)),
  )
  if (broken.length === 0) return []
  const by = [...new Set(goes.filter((one) => broken.some((name) => one.makes(name))).map((one) => one.path))]
  return [
    {
      severity: options.allowLoss.includes('urls') ? 'warning' : 'error',
      code: 'url-break',
      message: `published wrappers download ${broken.join(', ')}, which only ${by.join(', ')} can put into the release`,
      mend: 'give the archives of the config these names (`name_template`), change the wrappers, or allow it with --allow-loss urls',
    },
  ]
}

/** Workflows that cannot simply go: they do other work, another one calls them, or waits for them. */
export function workProblems(others: Candidate[], goes: Candidate[], kept: Workflow[]): Diagnostic[] {
  const problems: Diagnostic[] = others.map((one) => ({
    severity: 'error',
    code: 'mixed-workflow',
    message: `${one.path} releases on a tag, and also works for ${one.alsoFor.join(', ')}`,
    where: one.effects[0]?.where ?? { file: one.path, line: 1, column: 1 },
    mend: `take its release job out by hand, or archive the whole file with --also ${one.path.split('/').at(-1)}`,
  }))
  for (const gone of goes) {
    for (const workflow of kept) {
      const call = workflow.jobs.find((job) => job.uses === `./${gone.path}`)
      if (call !== undefined) {
        problems.push({
          severity: 'error',
          code: 'still-called',
          message: `${workflow.path} › ${call.id} calls ${gone.path}, which would go`,
          where: call.where,
          mend: 'take the job out first',
        })
      }
      const waits = workflow.triggers.find(
        (one) => one.event === 'workflow_run' && one.workflows?.includes(gone.workflow.name) === true,
      )
      if (waits === undefined || kept.some((one) => one.name === gone.workflow.name)) continue
      problems.push({
        severity: 'warning',
        code: 'still-awaited',
        message: `${workflow.path} waits for “${gone.workflow.name}” to end, and will wait in vain`,
        where: waits.where,
        mend: 'name the workflow that stays',
      })
    }
  }
  return problems
}

/** A survivor that never succeeded, beside one that did. */
export function keepProblems(
  survivor: Candidate | undefined,
  candidates: Candidate[],
  options: CleanOptions,
): Diagnostic[] {
  if (survivor === undefined) {
    return [
      {
        severity: 'error',
        code: 'no-survivor',
        message: 'no valid workflow releases on a tag, so there is none to keep',
        mend: 'write one with `tagonce workflow`',
      },
    ]
  }
  if (options.runs === undefined || options.keep !== undefined) return []
  if ((survivor.record?.succeeded ?? 0) > 0) return []
  const better = candidates.filter((one) => (one.record?.succeeded ?? 0) > 0)
  if (better.length === 0) return []
  return [
    {
      severity: 'error',
      code: 'keep-choice-evidence',
      message: `${survivor.path} would stay, but none of its ${survivor.record?.runs ?? 0} runs succeeded; ${better.map((one) => `${one.path} succeeded ${one.record?.succeeded} times`).join(', ')}`,
      mend: `name the one to keep: --keep ${survivor.path.split('/').at(-1)}`,
    },
  ]
}
