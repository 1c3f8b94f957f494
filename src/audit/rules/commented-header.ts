import type { Finding, Workflow } from '../model.ts'
import { rule } from './finding.ts'

/** A job whose header was commented out while its steps were not. */
export const commentedHeader = rule(
  {
    id: 'commented-header',
    severity: 'error',
    summary: 'The header of a job is commented out, so its steps belong to the job above.',
  },
  ({ workflows }, say) => workflows.flatMap((workflow) => headersOf(workflow, say)),
)

function headersOf(
  workflow: Workflow,
  say: (...args: Parameters<Parameters<Parameters<typeof rule>[1]>[1]>) => Finding,
): Finding[] {
  const lines = workflow.text.split('\n')
  const findings: Finding[] = []
  lines.forEach((line, at) => {
    const job = /^(\s*)#\s*([A-Za-z_][\w-]*):\s*$/.exec(line)?.[2]
    if (job === undefined || ['steps', 'jobs', 'with', 'env', 'on', 'strategy', 'matrix'].includes(job)) return
    let end = at + 1
    let header = false
    while (end < lines.length && /^\s*(#|$)/.test(lines[end] ?? '')) {
      header ||= /^\s*#\s*(runs-on|steps):/.test(lines[end] ?? '')
      end += 1
    }
    // What follows a job's comment is another job, or the end; a list item is a step that lost its job.
    if (!header || !/^\s+- /.test(lines[end] ?? '')) return
    const above = workflow.jobs.findLast((one) => one.where.line <= at) ?? { id: ownerOf(lines, at), where: undefined }
    const where = { file: workflow.path, line: at + 1, column: 1 }
    findings.push(
      say(
        `the header of the job ${job} is a comment, but its steps are not: they run in ${above.id}`,
        where,
        'comment the steps out as well, or bring the header back',
        {
          evidence: [
            {
              text: `the first step that fell into ${above.id}: ${(lines[end] ?? '').trim()}`,
              where: { ...where, line: end + 1 },
            },
          ],
        },
      ),
    )
  })
  return findings
}

function ownerOf(lines: string[], at: number): string {
  for (let line = at; line >= 0; line -= 1) {
    const id = /^ {2}([A-Za-z_][\w-]*):\s*$/.exec(lines[line] ?? '')?.[1]
    if (id !== undefined) return id
  }
  return 'the job above'
}
