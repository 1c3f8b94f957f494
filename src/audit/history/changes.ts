import type { Commit } from './log.ts'

/** What one commit did to the workflows that a version tag starts. */
export interface WorkflowChange {
  commit: string
  date: string
  subject: string
  /** Release workflows that a tag starts, before and after. */
  before: string[]
  after: string[]
  enabled: string[]
  disabled: string[]
  /** Files that GitHub refuses since this commit. */
  broken: string[]
  /** What does not fit what its message says. */
  remark?: string
}

interface Firing {
  releases: string[]
  invalid: string[]
}

/** Words of a subject that promise fewer workflows, or working ones. */
const STOPS = /\b(disabl\w*|remov\w*|delet\w*|turn(?:ed)? off|drop\w*|stop\w*|archiv\w*|clean\w*|only one|single)\b/i
const MENDS = /\b(fix\w*|repair\w*|mend\w*|correct\w*|final\w*|really)\b/i

/** Holds what a commit did against what it says. */
export function changesOf(commit: Commit, before: Firing, after: Firing): WorkflowChange {
  const { commit: id, date, subject } = commit
  const enabled = after.releases.filter((one) => !before.releases.includes(one))
  const disabled = before.releases.filter((one) => !after.releases.includes(one))
  const broken = after.invalid.filter((one) => !before.invalid.includes(one))
  const change = {
    commit: id,
    date,
    subject,
    before: before.releases,
    after: after.releases,
    enabled,
    disabled,
    broken,
  }
  const remark = remarkOn(change)
  return remark === undefined ? change : { ...change, remark }
}

function remarkOn({ subject, before, after, enabled, disabled, broken }: WorkflowChange): string | undefined {
  const stops = STOPS.exec(subject)?.[1]
  const mends = MENDS.exec(subject)?.[1]
  const remarks: string[] = []
  if (stops !== undefined && enabled.length > 0) remarks.push(`says “${stops}”, but enabled ${names(enabled)}`)
  else if (enabled.length > 0 && after.length > 1) remarks.push(`now ${after.length} workflows fire on one tag`)
  else if (stops !== undefined && disabled.length === 0 && after.length > 1)
    remarks.push(`says “${stops}”, but the same ${before.length} still fire`)
  if (broken.length > 0)
    remarks.push(mends === undefined ? `broke ${names(broken)}` : `says “${mends}”, but broke ${names(broken)}`)
  return remarks.length === 0 ? undefined : remarks.join('; ')
}

function names(paths: string[]): string {
  return paths.map((path) => path.replace('.github/workflows/', '')).join(', ')
}
