/** Lines with no blanks at their end, and a newline at the end of the last; as GoReleaser tidies what it renders. */
export function tidyLines(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return `${lines.map((line) => line.replace(/\r$/, '').replace(/ +$/, '')).join('\n')}\n`
}
