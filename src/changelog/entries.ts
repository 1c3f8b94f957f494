import type { Git } from '../external/git.ts'

/** One commit between two releases. */
export interface Entry {
  sha: string
  /** The commit's subject. */
  message: string
  authors: Author[]
}

export interface Author {
  name: string
  email: string
  /** GitHub login, where the address is one of GitHub's own; else empty. */
  login: string
}

const FIELD = '%x00'
const FORMAT = ['%H', '%s', '%b', '%an', '%aE'].join(FIELD)

/**
 * The commits after one tag up to another, newest first; all of them when there is no previous tag.
 * @example await commitEntries(gitIn('/repo', process.env), 'v1.0.0', 'v1.1.0')
 */
export async function commitEntries(git: Git, previous: string, current: string): Promise<Entry[]> {
  const range = previous === '' ? current : `tags/${previous}..${current}`
  const { stdout } = await git.run([
    'log',
    '--no-decorate',
    '--no-color',
    '-z',
    `--pretty=tformat:${FORMAT}${FIELD}`,
    range,
    '--',
  ])
  const fields = stdout.split('\0')
  const entries: Entry[] = []
  // Six pieces for each commit: five fields, and what `-z` puts between commits.
  for (let at = 0; at + 4 < fields.length; at += 6) {
    const [sha = '', message = '', body = '', name = '', email = ''] = fields.slice(at, at + 5)
    entries.push({ sha: sha.trim(), message, authors: distinct([author(name, email), ...coAuthors(body)]) })
  }
  return entries
}

function author(name: string, email: string): Author {
  return {
    name,
    email,
    login: /^(?:\d+\+)?([A-Za-z0-9-]+(?:\[bot\])?)@users\.noreply\.github\.com$/.exec(email)?.[1] ?? '',
  }
}

/** `Co-authored-by:` trailers that have a name and an address. */
function coAuthors(body: string): Author[] {
  return [...body.matchAll(/^co-authored-by:\s*(\S[^<]*?)\s*<([^<>\s]+@[^<>\s]+)>\s*$/gim)].map((one) =>
    author(one[1] ?? '', one[2] ?? ''),
  )
}

function distinct(authors: Author[]): Author[] {
  const seen = new Set<string>()
  return authors.filter((one) => {
    const key = one.login || one.email || one.name
    if (key === '' || seen.has(key)) return false
    seen.add(key)
    return true
  })
}
