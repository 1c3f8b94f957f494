// Every figure beside its peer, in the same run: `npm run bench`. Prints the table of docs/performance.md.
import { cpus } from 'node:os'
import { benchAudit } from './audit.ts'
import { benchCheck } from './check.ts'
import { benchDocker } from './docker.ts'
import { benchHistory } from './history.ts'
import { type Measured, type Pair, row } from './measure.ts'
import { benchPack, benchRelease, benchStart } from './release.ts'
import { benchSnapshot } from './snapshot.ts'
import { benchSpokes } from './spokes.ts'
import { benchTemplates } from './templates.ts'

const rounds = Number(process.env['ROUNDS'] ?? 5)
const wanted = process.argv.slice(2)
const inProcess = (ms: number[]): Measured[] => ms.map((one) => ({ seconds: one / 1000, megabytes: 0 }))

async function templates(): Promise<Pair> {
  const { ours, go = [] } = benchTemplates(rounds)
  return {
    name: '10,000 templates, in process',
    aim: '≤ 5',
    peer: "Go's text/template",
    ours: inProcess(ours),
    theirs: inProcess(go),
  }
}

/** No peer does this. */
async function history(): Promise<Pair> {
  const { ours, tags, workflows } = await benchHistory(rounds)
  return {
    name: `history of ${tags} tags, ${workflows} workflows`,
    aim: '1.5 s',
    peer: 'nobody',
    ours: inProcess(ours),
    theirs: [],
  }
}

const benches: [name: string, run: () => Promise<Pair[]>][] = [
  ['start', async () => [await benchStart(Math.max(rounds, 10))]],
  ['check', async () => [await benchCheck(Math.max(rounds, 10))]],
  ['release', () => benchRelease(rounds)],
  ['spokes', () => benchSpokes(Math.min(rounds, 3))],
  ['audit', () => benchAudit(rounds)],
  ['templates', async () => [await templates()]],
  ['history', async () => [await history()]],
  ['pack', () => benchPack(rounds)],
  ['snapshot', () => benchSnapshot(rounds)],
  ['docker', () => benchDocker(rounds)],
]

console.log(
  `${cpus().length} cores, ${cpus()[0]?.model ?? ''}, Node ${process.version}, ${process.platform}-${process.arch}, ${rounds} rounds in turn\n`,
)
console.log('| what | tagonce: median (min–max), peak memory | beside | ratio | aim |\n|---|---|---|---|---|')
for (const [name, run] of benches) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const pair of await run()) console.log(row(pair))
}
