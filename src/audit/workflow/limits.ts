import { isAlias, LineCounter, parseDocument, visit } from 'yaml'

/** GitHub reads workflow files up to 512 kB; one beyond ten times that is not worth parsing. */
const MOST_BYTES = 5 * 1024 * 1024
/** Aliases grow a document; GitHub's parser expands them without a limit. */
const MOST_ALIASES = 100

/** Why a text is not even given to the parser: too large, binary, or a bomb of aliases. */
export function refuse(content: string): string | undefined {
  if (content.length > MOST_BYTES) return `the file is larger than ${MOST_BYTES / 1024 / 1024} MB`
  if (content.includes('\0')) return 'this is not a text file'
  if (content.trim() === '') return 'the file is empty'
  if (!/[*]\w/.test(content) || !content.includes('&')) return undefined
  let aliases = 0
  const document = parseDocument(content, { lineCounter: new LineCounter(), uniqueKeys: false })
  visit(document, (_, node) => {
    if (isAlias(node)) aliases += 1
  })
  return aliases > MOST_ALIASES ? `${aliases} aliases; at most ${MOST_ALIASES} are followed` : undefined
}
