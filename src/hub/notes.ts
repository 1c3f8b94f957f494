import type { ReleaseText } from './hub.ts'

/** Characters that GitHub takes as a release's body. */
const MOST = 125_000
const CUT = '\n\n… (cut here: GitHub takes no more than 125,000 characters)\n'

/**
 * The body that a release gets, from what stands there already. May be repeated: what is there is not added twice.
 * @example mergeNotes('by hand', { mode: 'append', body: 'ours' }) // 'by hand\n\nours'
 */
export function mergeNotes(existing: string, { mode, body }: Pick<ReleaseText, 'mode' | 'body'>): string {
  // GitHub hands line ends back as they were sent; those typed in its form are CRLF.
  const had = existing.replaceAll('\r\n', '\n')
  if (mode === 'replace' || had.trim() === '') return truncate(body)
  const full = had.trimEnd().endsWith(CUT.trim())
  if (mode === 'keep-existing' || full || had.includes(truncate(body).trim())) return existing
  return truncate(mode === 'append' ? `${existing}\n\n${body}` : `${body}\n\n${existing}`)
}

function truncate(text: string): string {
  if (text.length <= MOST) return text
  let end = MOST - CUT.length
  // Not between the halves of one character.
  if (/[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end -= 1
  return text.slice(0, end) + CUT
}
