import type { Position } from '../../core/errors.ts'
import type { Finding } from '../model.ts'
import type { Rule } from './rule.ts'

type About = Pick<Rule, 'id' | 'severity' | 'summary'>
export type Say = (
  message: string,
  where: Position,
  mend: string,
  more?: { evidence?: Finding['evidence']; severity?: Finding['severity'] },
) => Finding

/** A rule whose check gets a maker of findings that knows the rule's name and severity. */
export function rule(about: About, check: (input: Parameters<Rule['check']>[0], say: Say) => Finding[]): Rule {
  const say: Say = (message, where, mend, more = {}) => ({
    rule: about.id,
    severity: more.severity ?? about.severity,
    message,
    where,
    evidence: more.evidence ?? [],
    mend,
  })
  return { ...about, check: (input) => check(input, say) }
}

export const firstLine = (file: string): Position => ({ file, line: 1, column: 1 })

/** Every place of a pattern in a text; the pattern needs no `g`. */
export function placesOf(
  file: string,
  text: string,
  pattern: RegExp,
  from = 1,
): { match: RegExpExecArray; where: Position }[] {
  const found: { match: RegExpExecArray; where: Position }[] = []
  text.split('\n').forEach((line, at) => {
    if (at + 1 < from) return
    for (const match of line.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`)))
      found.push({ match, where: { file, line: at + 1, column: match.index + 1 } })
  })
  return found
}

/** The lines of a step in its file, up to the next step or job: where a text of the step stands. */
export function placeInStep(text: string, step: { where: Position }, needle: string): Position {
  const lines = text.split('\n')
  for (let at = step.where.line - 1; at < Math.min(lines.length, step.where.line + 200); at += 1) {
    const column = (lines[at] ?? '').indexOf(needle)
    if (column !== -1) return { file: step.where.file, line: at + 1, column: column + 1 }
  }
  return step.where
}

/** A list for people: at most so many, then how many more. */
export function some(list: readonly string[], most = 5): string {
  return list.length <= most ? list.join(', ') : `${list.slice(0, most).join(', ')} and ${list.length - most} more`
}
