import { changelog } from '../changelog/changelog.ts'
import { commitEntries } from '../changelog/entries.ts'
import type { Loaded } from '../config/load.ts'
import type { Git } from '../external/git.ts'
import { CHECKSUMS_MARK, type Plan } from '../plan/plan.ts'
import { render } from '../template/template.ts'

/**
 * The changelog of a release; empty where the config disables it, and for a snapshot.
 * Each entry is rendered with the entry's own fields only.
 */
export async function changelogOf(plan: Plan, loaded: Loaded, git: Git): Promise<string> {
  const config = loaded.config.changelog ?? {}
  if (plan.source.snapshot || config.disable === true || config.disable === 'true') return ''
  const entries = await commitEntries(git, plan.source.previousTag, plan.source.tag)
  return `${changelog(entries, config, (format, fields) => render(format, fields))}\n`
}

/** The body of the release: header, notes, footer; `checksums` is the text of the checksum file. */
export function releaseBody(plan: Plan, notes: string, checksums: string): string {
  const { header, footer } = plan.hub
  const parts = [header === '' ? '' : `${header}\n`, notes, footer === '' ? '' : `\n${footer}\n`]
  return parts.join('').replaceAll(CHECKSUMS_MARK, checksums)
}
