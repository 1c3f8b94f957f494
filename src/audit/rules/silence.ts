import { isMap, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml'
import type { Position } from '../../core/errors.ts'
import type { Finding } from '../model.ts'
import type { Snapshot } from '../repository/snapshot.ts'

/** What is said of the silences themselves. */
export const SILENCE_RULES = [
  {
    id: 'silence',
    severity: 'error',
    summary: 'A rule is silenced in tagonce.yaml without a reason, or no rule has that name, or it finds nothing.',
  },
] as const

interface Silence {
  rule: string
  reason: string
  file?: string
  where: Position
  used: boolean
}

/**
 * Marks the findings that `audit.silence` of tagonce.yaml passes over, with their reasons. A silence without a reason
 * silences nothing and is an error; one that names no rule, or finds nothing to silence, is told.
 */
export function applySilences(findings: Finding[], snapshot: Snapshot, known: string[]): Finding[] {
  const silences = readSilences(snapshot)
  const marked = findings.map((finding): Finding => {
    const silence = silences.find(
      (one) =>
        one.reason !== '' && one.rule === finding.rule && (one.file === undefined || one.file === finding.where.file),
    )
    if (silence === undefined) return finding
    silence.used = true
    return { ...finding, silenced: silence.reason }
  })
  return [...marked, ...silences.flatMap((one) => told(one, known))]
}

function told(one: Silence, known: string[]): Finding[] {
  const say = (severity: Finding['severity'], message: string, mend: string): Finding[] => [
    { rule: 'silence', severity, message, where: one.where, evidence: [], mend },
  ]
  if (!known.includes(one.rule))
    return say('error', `there is no rule named ${JSON.stringify(one.rule)}`, 'the names stand in docs/rules.md')
  if (one.reason === '')
    return say('error', `${one.rule} is silenced without a reason, so it is not`, 'add `reason:` and say why')
  return one.used ? [] : say('info', `${one.rule} finds nothing that this silences`, 'take the entry out')
}

function readSilences(snapshot: Snapshot): Silence[] {
  const path = ['tagonce.yaml', 'tagonce.yml'].find((name) => snapshot.read(name) !== undefined)
  const text = path === undefined ? undefined : snapshot.read(path)
  if (path === undefined || text === undefined) return []
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' })
  const list: unknown = document.errors.length > 0 ? undefined : document.getIn(['audit', 'silence'])
  if (!isSeq(list)) return []
  return list.items.filter(isMap).map((entry) => {
    const [rule, reason, file] = ['rule', 'reason', 'file'].map((key) => textOf(entry, key))
    const { line, col } = lines.linePos(entry.range?.[0] ?? 0)
    const where = { file: path, line, column: col }
    return {
      rule: rule ?? '',
      reason: reason ?? '',
      where,
      used: false,
      ...(file === '' || file === undefined ? {} : { file }),
    }
  })
}

function textOf(entry: YAMLMap, key: string): string {
  const value: unknown = entry.get(key)
  return typeof value === 'string' ? value.trim() : ''
}
