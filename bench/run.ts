// Every figure beside its peer, in the same run: `npm run bench`. Prints the table of docs/performance.md.
import { cpus } from 'node:os'
import { row, type Pair } from './measure.ts'
import { benchPack, benchRelease, benchStart } from './release.ts'

const rounds = Number(process.env['ROUNDS'] ?? 5)
const wanted = process.argv.slice(2)
const benches: [name: string, run: () => Promise<Pair[]>][] = [
  ['start', async () => [await benchStart(Math.max(rounds, 10))]],
  ['release', () => benchRelease(rounds)],
  ['pack', () => benchPack(rounds)],
]

console.log(
  `${cpus().length} cores, ${cpus()[0]?.model ?? ''}, Node ${process.version}, ${process.platform}-${process.arch}, ${rounds} rounds in turn\n`,
)
console.log('| what | tagonce: median (min–max), peak memory | beside | ratio | aim |\n|---|---|---|---|---|')
for (const [name, run] of benches) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const pair of await run()) console.log(row(pair))
}
