import { readFile } from 'node:fs/promises'
import { parse, YAMLParseError } from 'yaml'
import { z } from 'zod'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'

/** What is used of a changelog in chglog's YAML (github.com/goreleaser/chglog). */
const changelogFile = z.array(
  z.object({
    semver: z.string(),
    date: z.string(),
    packager: z.string().default(''),
    deb: z.object({ urgency: z.string().default(''), distributions: z.array(z.string()).default([]) }).nullish(),
    changes: z.array(z.object({ note: z.string().default('') })).nullish(),
  }),
)

export interface ChangelogEntry {
  version: string
  /** Seconds since the epoch. */
  time: number
  packager: string
  deb?: { urgency: string; distributions: string[] }
  /** Lines of each change. */
  changes: string[][]
}

/** Reads a changelog; newest first, as it is written. */
export async function readChangelog(path: string, root: string): Promise<ChangelogEntry[]> {
  const bad = (message: string, cause?: unknown): TagonceError =>
    new TagonceError('pack', `${path}: ${message}`, {
      hint: '`nfpms[].changelog` names a list of entries with semver, date, packager and changes, as chglog writes it',
      cause,
    })
  const text = await readFile(inside(root, path), 'utf8').catch((error: unknown) => {
    throw bad('the changelog cannot be read', error)
  })
  let raw: unknown
  try {
    // Dates and versions stay as they are written.
    raw = parse(text, { schema: 'failsafe', maxAliasCount: 100 })
  } catch (error) {
    if (error instanceof YAMLParseError) throw bad(error.message.split('\n')[0] ?? '', error)
    throw bad('it is no YAML', error)
  }
  const found = changelogFile.safeParse(raw === '' || raw === null ? [] : raw)
  if (!found.success) {
    const [issue] = found.error.issues
    throw bad(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is no changelog'}`)
  }
  return found.data.map(({ semver, date, packager, deb, changes }) => {
    const time = Math.floor(Date.parse(date) / 1000)
    if (Number.isNaN(time)) throw bad(`${date} is no date`)
    return {
      version: semver,
      time,
      packager,
      ...(deb ? { deb } : {}),
      changes: (changes ?? []).map(({ note }) => note.split('\n')),
    }
  })
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** RFC 5322 in UTC: `Fri, 02 Jan 2026 03:04:05 +0000`. */
function mailDate(seconds: number): string {
  const date = new Date(seconds * 1000)
  const day = String(date.getUTCDate()).padStart(2, '0')
  const time = date.toISOString().slice(11, 19)
  return `${DAYS[date.getUTCDay()]}, ${day} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time} +0000`
}

/** A changelog of Debian's (Debian Policy, 4.4). */
export function debianChangelog(name: string, entries: ChangelogEntry[]): string {
  return entries
    .map(({ version, time, packager, deb, changes }) => {
      const target = deb === undefined ? '' : ` ${deb.distributions.join(' ')}; urgency=${deb.urgency || 'low'}`
      const lines = changes.flatMap(([first = '', ...rest]) => [
        `  * ${first}`,
        ...rest.filter((line) => line.trim() !== '').map((line) => `   - ${line}`),
      ])
      return [`${name} (${version})${target}`, ...lines, '', ` -- ${packager}  ${mailDate(time)}\n`].join('\n')
    })
    .join('\n')
}

/** The changelog of an rpm: its entries' times, titles and texts. */
export function rpmChangelog(entries: ChangelogEntry[]): { time: number; title: string; text: string }[] {
  return entries.map(({ version, time, packager, changes }) => ({
    time,
    title: `${packager} - ${version}`,
    text: changes
      .flatMap(([first = '', ...rest]) => [`- ${first}`, ...rest.filter((line) => line.trim() !== '')])
      .join('\n')
      .trim(),
  }))
}
