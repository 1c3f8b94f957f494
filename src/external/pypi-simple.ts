/** A file that an index lists. */
export interface PypiFile {
  filename: string
  url: string
  /** Hex; absent where the index tells none. */
  sha256?: string
  /** The reason, `true` where there is none; false for a file that is not yanked. */
  yanked: boolean | string
  /** Where the statements about it are (PEP 740); absent where there are none, or none are told. */
  provenance?: string
  /** ISO 8601; absent where the index does not tell it. */
  uploaded?: string
}

/**
 * The files of a project's page in HTML (PEP 503): an anchor for each, the digest in the fragment.
 * @example simpleLinks('<a href="hello-1.0.tar.gz#sha256=…">hello-1.0.tar.gz</a>', 'https://pypi.acme.dev/simple/hello/')
 */
export function simpleLinks(html: string, base: string): PypiFile[] {
  return [...html.matchAll(/<a\s([^>]*)>/gi)].flatMap(([, attributes = '']) => {
    const href = attribute(attributes, 'href')
    if (href === undefined || !URL.canParse(href, base)) return []
    const url = new URL(href, base)
    const filename = decodeURIComponent(url.pathname.split('/').at(-1) ?? '')
    const sha256 = /^#sha256=([0-9a-f]{64})/.exec(url.hash)?.[1]
    url.hash = ''
    const yanked = attribute(attributes, 'data-yanked')
    const file = { filename, url: url.href, yanked: yanked === undefined ? false : yanked || true }
    return filename === '' ? [] : [{ ...file, ...(sha256 === undefined ? {} : { sha256 }) }]
  })
}

function attribute(text: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}(?:\\s*=\\s*(?:"([^"]*)"|'([^']*)'))?`, 'i').exec(text)
  if (match === null) return undefined
  return (match[1] ?? match[2] ?? '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
