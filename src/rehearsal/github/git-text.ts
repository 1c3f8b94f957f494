/** Who and when, as git writes it and as GitHub shows it. */
export interface Person {
  name: string
  email: string
  /** ISO 8601, seconds, UTC. */
  date: string
}

export interface CommitText {
  tree: string
  parents: string[]
  author: Person
  committer: Person
  message: string
  signature: string | null
}

export interface TagText {
  object: string
  type: string
  tag: string
  tagger: Person
  message: string
}

/** The bytes of a commit object. */
export function commitText(commit: CommitText): string {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${personText(commit.author)}`,
    `committer ${personText(commit.committer)}`,
    ...(commit.signature === null ? [] : [`gpgsig ${commit.signature.trimEnd().replaceAll('\n', '\n ')}`]),
  ]
  return `${lines.join('\n')}\n\n${commit.message}`
}

/** The bytes of an annotated tag. */
export function tagText(tag: TagText): string {
  return `object ${tag.object}\ntype ${tag.type}\ntag ${tag.tag}\ntagger ${personText(tag.tagger)}\n\n${tag.message}`
}

export function parseCommit(text: string): CommitText {
  const { headers, message } = parse(text)
  const one = (name: string): string => headers.find(([key]) => key === name)?.[1] ?? ''
  const signature = one('gpgsig')
  return {
    tree: one('tree'),
    parents: headers.filter(([key]) => key === 'parent').map(([, value]) => value),
    author: parsePerson(one('author')),
    committer: parsePerson(one('committer')),
    message,
    signature: signature === '' ? null : signature,
  }
}

export function parseTag(text: string): TagText {
  const { headers, message } = parse(text)
  const one = (name: string): string => headers.find(([key]) => key === name)?.[1] ?? ''
  return { object: one('object'), type: one('type'), tag: one('tag'), tagger: parsePerson(one('tagger')), message }
}

function parse(text: string): { headers: [string, string][]; message: string } {
  const end = text.indexOf('\n\n')
  const head = end < 0 ? text : text.slice(0, end)
  const headers: [string, string][] = []
  for (const line of head.split('\n')) {
    const last = headers.at(-1)
    if (line.startsWith(' ') && last !== undefined) last[1] += `\n${line.slice(1)}`
    else headers.push([line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
  }
  return { headers, message: end < 0 ? '' : text.slice(end + 2) }
}

function personText(person: Person): string {
  const clean = (value: string): string => value.replace(/[<>\n]/g, '')
  return `${clean(person.name)} <${clean(person.email)}> ${Math.floor(Date.parse(person.date) / 1000)} +0000`
}

function parsePerson(text: string): Person {
  const found = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(text)
  return {
    name: found?.[1] ?? '',
    email: found?.[2] ?? '',
    date: isoSeconds(new Date(Number(found?.[3] ?? 0) * 1000)),
  }
}

/** GitHub's dates: UTC, no fractions. */
export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}
