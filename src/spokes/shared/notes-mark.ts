/** Stands in settings where `.Changelog` goes: the release notes are known only when the manifest is sealed. */
const NOTES_MARK = '\u{E000}notes\u{E000}'

/** The fields of a template that may name the release notes. */
export const NOTES_FIELDS = { Changelog: NOTES_MARK }

/** The text with the release notes in it. */
export function withNotes(text: string, notes: string): string {
  return text.replaceAll(NOTES_MARK, () => notes)
}
