import type { Changelog } from '../config/config.ts'
import { Regexp } from '../template/regexp.ts'
import type { Entry } from './entries.ts'

/** Renders one entry's template; gives the line without its bullet. */
export type RenderEntry = (format: string, fields: Record<string, unknown>) => string

const GIT_FORMAT = '{{ .SHA }} {{ .Message }}'
const SCM_FORMAT =
  '{{ .SHA }}: {{ .Message }} ({{ with .AuthorUsername }}@{{ . }}{{ else }}{{ .AuthorName }} <{{ .AuthorEmail }}>{{ end }})'

/**
 * The changelog as GoReleaser writes it: filters, sort, groups, abbreviated hashes. Pure.
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
  const title = '## Changelog'
  const groups = config.groups ?? []
  if (groups.length === 0) return [title, ...chosen.map(lineOf)].join('\n')
  let rest = chosen
  const sections = groups.map((group) => {
    const pattern = group.regexp === undefined || group.regexp === '' ? undefined : new Regexp(group.regexp)
    const taken = pattern === undefined ? rest : rest.filter((entry) => pattern.test(entry.message))
    rest = rest.filter((entry) => !taken.includes(entry))
    return { title: `### ${group.title ?? ''}`, order: group.order ?? 0, taken }
  })
  const shown = sections.filter((one) => one.taken.length > 0).sort((a, b) => a.order - b.order)
  return [title, ...shown.flatMap((one) => [one.title, ...one.taken.map(lineOf)])].join('\n')
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
  return [...entries].sort((a, b) => (a.message === b.message ? 0 : a.message < b.message ? -sign : sign))
}

/** 0 keeps the whole hash, a negative number drops it. */
function abbreviated(sha: string, length: number): string {
  if (length === 0) return sha
  return length < 0 ? '' : sha.slice(0, length)
}
