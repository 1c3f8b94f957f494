import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report, ChannelReport } from '../converge/report.ts'
import { redact } from '../core/secrets.ts'
import type { State } from '../core/states.ts'
import { type Wheel, wheelPage } from '../report/wheel.ts'

/** What the page tells besides the channels. */
export interface ReportFacts {
  commit: string
  /** ISO 8601. */
  at: string
  files: number
  /** Shown below the title, such as "a rehearsal; nothing was published". */
  facts?: [string, string][]
  sections?: Wheel['sections']
  /** The proof by a real client, by `spoke entry`. */
  proofs?: Record<string, string>
}

/** Worst first: what a maintainer has to look at colours the spoke. */
const WORST: State[] = [
  'mismatch',
  'blocked',
  'unknown',
  'absent',
  'partial',
  'retracted',
  'deferred',
  'staged',
  'pending',
  'superseded',
  'live',
]

/** The one state that stands for an entry: the worst of its units, pointers that stayed behind aside. */
export function stateOf(channel: ChannelReport): State | 'skipped' {
  if (channel.skip !== undefined) return 'skipped'
  if (channel.failure !== undefined) return 'unknown'
  const own = channel.units.filter((unit) => unit.pointer === undefined || unit.observation.state !== 'superseded')
  const states = new Set((own.length > 0 ? own : channel.units).map((unit) => unit.observation.state))
  return WORST.find((state) => states.has(state)) ?? 'unknown'
}

/** Writes `report.json` and `report.html` into a folder; the page's path. */
export async function writeReport(folder: string, report: Report, facts: ReportFacts): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'report.json'), `${redact(JSON.stringify({ ...report, ...facts }, null, 2))}\n`)
  const page = join(folder, 'report.html')
  await writeFile(page, wheelPage(wheelOf(report, facts)))
  return page
}

function wheelOf(report: Report, facts: ReportFacts): Wheel {
  return {
    title: `${report.project} ${report.tag}`,
    facts: [['version', report.version], ['commit', facts.commit], ['at', facts.at], ...(facts.facts ?? [])],
    hub: { name: 'the hub', address: report.hub.address, state: report.hub.state, files: facts.files },
    spokes: report.channels.map((channel) => {
      const proof = facts.proofs?.[`${channel.spoke} ${channel.entry}`]
      return {
        name: `${channel.spoke} ${channel.entry}`,
        state: stateOf(channel),
        units: channel.units.map(({ id, address, observation, actions }) => ({ id, address, observation, actions })),
        ...(channel.skip === undefined ? {} : { skip: channel.skip }),
        ...(proof === undefined ? {} : { proof }),
      }
    }),
    sections: facts.sections ?? [],
  }
}
