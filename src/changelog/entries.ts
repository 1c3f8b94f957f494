import { TagonceError } from '../core/errors.ts'
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
  /** GitHub login, where GitHub was asked; else empty. */
  login: string
}

const FIELD = '%x00'
const FORMAT = ['%H', '%s', '%b', '%an', '%aE'].join(FIELD)

/**
 * The commits after one tag up to another, newest first; all of them when there is no previous tag.
 * @example await commitEntries(gitIn('/repo', process.env), 'v1.0.0', 'v1.1.0')
 */
export async function commitEntries(
  git: Git,
  previous: string,
  current: string,
  paths: string[] = [],
): Promise<Entry[]> {
  const range = previous === '' ? current : `${previous}..${current}`
  const { stdout, stderr, code } = await git.run([
    'log',
    '--no-decorate',
    '--no-color',
    '-z',
    `--pretty=tformat:${FORMAT}${FIELD}`,
    range,
    '--',
    ...paths,
  ])
  if (code !== 0) {
    throw new TagonceError('source', `git can not list the commits of ${range}`, {
      output: stderr,
      hint: 'fetch the whole history and all tags (actions/checkout with fetch-depth: 0)',
    })
  }
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
  return { name, email, login: '' }
}

/** `Co-authored-by:` trailers that have a name and an address. */
export function coAuthors(body: string): Author[] {
  return [...body.matchAll(/^co-authored-by:\s*([^<\n]*[^<\s])\s*<([^>\n]+)>/gim)].map((one) =>
    author((one[1] ?? '').trim(), (one[2] ?? '').trim()),
  )
}

/** The login in an address of GitHub's own: `12+ada@users.noreply.github.com`; as it is where there is none. */
export function withLogin(one: Author): Author {
  const name = /^(.*)@users\.noreply\.github\.com$/.exec(one.email)?.[1]
  if (name === undefined) return one
  const plus = name.indexOf('+')
  return { ...one, login: plus === -1 ? name : name.slice(plus + 1) }
}

/** Each once; those without a login, an address or a name are left out. */
export function distinct(authors: Author[]): Author[] {
  const seen = new Set<string>()
  return authors.filter((one) => {
    const key = one.login || one.email || one.name
    if (key === '' || seen.has(key)) return false
    seen.add(key)
    return true
  })
}
