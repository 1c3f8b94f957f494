import type { Finding, Workflow } from '../model.ts'
import { firstLine, rule } from './finding.ts'

/** Two workflow files that are, or call themselves, the same. */
export const duplicateWorkflow = rule(
  {
    id: 'duplicate-workflow',
    severity: 'warning',
    summary: 'Two workflow files have one name, differ only in .yml and .yaml, or are nearly the same text.',
  },
  ({ workflows }, say) => {
    const findings: Finding[] = []
    workflows.forEach((one, at) => {
      for (const other of workflows.slice(at + 1)) {
        const why = reasons(one, other)
        if (why.length === 0) continue
        findings.push(
          say(
            `${one.path} and ${other.path} ${why.join(', ')}`,
            firstLine(other.path),
            'keep one of them: `tagonce clean` proposes which',
            {
              evidence: [{ text: `the other one: ${one.name}`, where: firstLine(one.path) }],
            },
          ),
        )
      }
    })
    return findings
  },
)

function reasons(one: Workflow, other: Workflow): string[] {
  const bare = (workflow: Workflow): string => workflow.path.replace(/\.ya?ml$/, '')
  if (one.text.trim() === '' || other.text.trim() === '') return []
  const alike = containment(one.text, other.text)
  return [
    ...(bare(one) === bare(other) ? ['differ only in their extension'] : []),
    ...(one.name === other.name && one.name !== one.path ? [`are both named ${JSON.stringify(one.name)}`] : []),
    ...(alike >= 0.9 ? [`share ${Math.round(alike * 100)} % of their lines`] : []),
  ]
}

/** The part of the shorter text's lines that the longer one has, too; 0 for what is too short to tell. */
function containment(one: string, other: string): number {
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
  const [short, long] = [lines(one), lines(other)].sort((a, b) => a.length - b.length)
  if (short === undefined || long === undefined || short.length < 8 || short.length < long.length * 0.6) return 0
  const there = new Set(long)
  return short.filter((line) => there.has(line)).length / short.length
}
