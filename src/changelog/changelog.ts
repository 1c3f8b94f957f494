import type { Changelog } from '../config/config.ts'
import { Regexp } from '../template/regexp.ts'
import type { Entry } from './entries.ts'

/** Renders one entry's template; gives the line without its bullet. */
export type RenderEntry = (format: string, fields: Record<string, unknown>) => string

const GIT_FORMAT = '{{ .SHA }} {{ .Message }}'
const SCM_FORMAT =
  '{{ .SHA }}: {{ .Message }} ({{ with .AuthorUsername }}@{{ . }}{{ else }}{{ .AuthorName }} <{{ .AuthorEmail }}>{{ end }})'

/**
 * The changelog as GoReleaser writes it: filters, sort, groups, abbreviated hashes; and with Pro's title, divider and groups
 * inside of groups. Pure; throws where a pattern is no regular expression.
 * @example changelog([{ sha: 'abc', message: 'feat: x', authors: [] }], {}, render) // '## Changelog\n* abc feat: x'
 */
export function changelog(entries: Entry[], config: Changelog, render: RenderEntry): string {
  const format = config.format || (config.use === undefined || config.use === 'git' ? GIT_FORMAT : SCM_FORMAT)
  const lineOf = (entry: Entry): string => {
    const [first] = entry.authors
    return `* ${render(format, {
      SHA: abbreviated(entry.sha, config.abbrev ?? 0),
      Message: entry.message,
      Authors: entry.authors.map(({ name, email, login }) => ({ Name: name, Email: email, Username: login })),
      Logins: entry.authors.flatMap((one) => (one.login === '' ? [] : [`@${one.login}`])),
      AuthorUsername: first?.login ?? '',
      AuthorName: first?.name ?? '',
      AuthorEmail: first?.email ?? '',
    })}`
  }
  const chosen = sorted(filtered(entries, config), config.sort ?? '')
  const heading = config.title === undefined ? 'Changelog' : config.title
  const title = heading === '' ? '' : `## ${heading}`
  const groups = config.groups ?? []
  if (groups.length === 0) return [title, ...chosen.map(lineOf)].join('\n')
  const sections = taken(groups, chosen).sections.filter((one) => one.entries.length > 0)
  const blocks = sections.map((section) => {
    const { groups: below = [] } = section.group
    const inner = taken(below, section.entries)
    const parts = inner.sections.filter((one) => one.entries.length > 0)
    return [
      titleOf(section.group.title, 3),
      ...inner.rest.map(lineOf),
      ...parts.flatMap((one) => [
        ...(one.group.title ? [titleOf(one.group.title, 4)] : []),
        ...one.entries.map(lineOf),
      ]),
    ]
  })
  const divider = config.divider ? ['', config.divider, ''] : []
  return [title, ...blocks.flatMap((block, index) => (index === 0 ? block : [...divider, ...block]))].join('\n')
}

interface Group {
  title?: string | undefined
  regexp?: string | undefined
  order?: number | undefined
  groups?: Group[] | undefined
}

/** Each group takes what matches of what those before it left; one without a pattern takes all. In the order that they ask for. */
function taken(
  groups: readonly Group[],
  entries: Entry[],
): { sections: { group: Group; entries: Entry[] }[]; rest: Entry[] } {
  let rest = entries
  const sections = groups.map((group) => {
    const pattern = group.regexp === undefined || group.regexp === '' ? undefined : new Regexp(group.regexp)
    const mine = pattern === undefined ? rest : rest.filter((entry) => pattern.test(entry.message))
    rest = rest.filter((entry) => !mine.includes(entry))
    return { group, entries: mine }
  })
  return { sections: sections.toSorted((a, b) => (a.group.order ?? 0) - (b.group.order ?? 0)), rest }
}

function titleOf(title: string | undefined, level: number): string {
  return title === undefined || title === '' ? '' : `${'#'.repeat(level)} ${title}`
}

/** What is to be kept wins over what is to be left out. */
function filtered(entries: Entry[], config: Changelog): Entry[] {
  const include = (config.filters?.include ?? []).map((one) => new Regexp(one))
  if (include.length > 0) return include.flatMap((pattern) => entries.filter((entry) => pattern.test(entry.message)))
  const exclude = (config.filters?.exclude ?? []).map((one) => new Regexp(one))
  return entries.filter((entry) => !exclude.some((pattern) => pattern.test(entry.message)))
}

function sorted(entries: Entry[], direction: string): Entry[] {
  if (direction === '') return entries
  const sign = direction === 'asc' ? 1 : -1
  // Bytes, as Go compares; JavaScript's own order differs beyond the basic plane.
  return entries.toSorted((a, b) => sign * Buffer.compare(Buffer.from(a.message), Buffer.from(b.message)))
}

/** 0 keeps the whole hash, a negative number drops it. */
function abbreviated(sha: string, length: number): string {
  if (length === 0) return sha
  return length < 0 ? '' : sha.slice(0, length)
}
