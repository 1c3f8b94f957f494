import type { Candidate } from './candidates.ts'
import { effectText } from './lock.ts'

/** A workflow on its way out. */
export interface Archived {
  from: string
  to: string
  why: string
  candidate?: Candidate
}

const HEADING = '# Archived workflows\n'

/**
 * The text of ARCHIVE.md: what each did, why it went, how to bring it back. What stands there already stays below.
 * @param commit the last commit that holds the workflows in their place
 */
export function archiveText(
  archived: Archived[],
  survivor: string,
  commit: string,
  before: string | undefined,
): string {
  const old = before?.replace(HEADING, '').trim() ?? ''
  const parts = [
    HEADING,
    `These workflows stood in \`.github/workflows/\` and released, too. What they did is now done by \`${survivor}\` alone: one tag, one workflow.`,
    'GitHub does not run anything in this folder. Old commits still hold the files in their old place, so a tag on an old commit would still start them, unless they are disabled on GitHub (`tagonce clean --apply` with a token does that).',
    ...archived.map((one) => section(one, commit)),
    ...(old === '' ? [] : [old.replace(/^These workflows stood[^\n]*\n\n(GitHub does not run[^\n]*\n\n)?/, '')]),
  ]
  return `${parts.join('\n\n').replaceAll('\n\n\n', '\n\n').trim()}\n`
}

function section({ from, to, why, candidate }: Archived, commit: string): string {
  const lines = [`## ${to.split('/').at(-1)}`, '', `- **why it went**: ${why}`]
  if (candidate !== undefined) lines.push(...facts(candidate))
  lines.push(
    `- **bring it back**: \`git show ${commit.slice(0, 12)}:${from} > ${from}\``,
    '  (and write the fan-out lock anew: `tagonce clean --lock`)',
  )
  return lines.join('\n')
}

function facts({ workflow, effects, record }: Candidate): string[] {
  const triggers = workflow.triggers.map((one) => {
    const filters = [
      ...(one.tags ?? []).map((tag) => `tag \`${tag}\``),
      ...(one.branches ?? []).map((name) => `branch \`${name}\``),
      ...(one.types ?? []),
    ]
    return filters.length === 0 ? one.event : `${one.event} (${filters.join(', ')})`
  })
  const secrets = [...new Set(effects.flatMap((one) => one.secrets))].sort()
  const does = [...new Set(effects.map((one) => `${effectText(one)} (${one.through})`))]
  return [
    `- **name**: ${workflow.name}`,
    `- **started by**: ${triggers.join('; ')}`,
    `- **jobs**: ${workflow.jobs.map((job) => job.id).join(', ')}`,
    `- **what it did to the world**: ${does.join('; ')}`,
    `- **secrets**: ${secrets.length === 0 ? 'none' : secrets.map((name) => `\`${name}\``).join(', ')}`,
    ...(record === undefined
      ? []
      : [
          `- **runs on tags**: ${record.runs}, of which ${record.succeeded} succeeded${record.lastSuccess === undefined ? '' : ` (last on ${record.lastSuccess.tag})`}`,
        ]),
  ]
}
