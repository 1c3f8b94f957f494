import { isWorkflow } from '../repository/snapshot.ts'
import type { AuditInput } from '../rules/rule.ts'
import { actingSteps } from '../explain/collisions.ts'
import { isRelease } from '../history/history.ts'
import type { Candidate } from './candidates.ts'
import type { Mention } from './references.ts'

/** Something that the plan leaves to a person. */
export interface Reported {
  path: string
  line?: number
  what: string
}

/** What the plan sees and does not touch: files that GitHub refuses, leftovers, releases by hand, bare mentions. */
export function reportsOf(
  input: AuditInput,
  removed: ReadonlySet<string>,
  candidates: Candidate[],
  mentions: Mention[],
): Reported[] {
  const found: Reported[] = []
  const also = (path: string): string => `archive it with --also ${path.split('/').at(-1)}`
  for (const answer of input.onTag.workflows) {
    if (answer.state !== 'invalid' || removed.has(answer.path)) continue
    const meant = answer.wouldMatch === true ? `; once mended, it would fire on ${input.tag}, too` : ''
    found.push({ path: answer.path, what: `invalid (${answer.reason})${meant}: mend it, or ${also(answer.path)}` })
  }
  for (const path of input.snapshot.paths) {
    if (!path.startsWith('.github/workflows/') || isWorkflow(path) || removed.has(path)) continue
    if (/\.(bak|backup|disabled|old|orig|off|txt)$|~$/i.test(path)) {
      found.push({ path, what: `a leftover that GitHub does not read: delete it, or ${also(path)}` })
    }
  }
  const known = new Set(candidates.map((one) => one.path))
  const byHand = new Set(
    actingSteps(input.onDispatch.workflows)
      .filter((one) => isRelease(one.effect.kind) && !known.has(one.workflow) && !removed.has(one.workflow))
      .map((one) => one.workflow),
  )
  for (const path of byHand)
    found.push({ path, what: 'releases when it is started by hand; a second way to the same channels' })
  for (const { file, line, text, workflow } of mentions) {
    found.push({
      path: file,
      line,
      what: `mentions ${workflow.split('/').at(-1)}, which goes: “${text.slice(0, 100)}”`,
    })
  }
  return found
}
