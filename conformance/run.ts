// Every project of `projects/` by the real GoReleaser and by tagonce, side by side: `npm run conformance [-- NAME …]`.
// Ends with `N equal of M`; 1 when something differs that is not on purpose, or when a key of GoReleaser's schema is used by no project.
import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import pLimit from 'p-limit'
import { type Difference, differences, kinds, showDifference } from '../src/compare/facts.ts'
import { observe, type Observed } from '../src/compare/run.ts'
import { tempFolder } from '../src/core/temp.ts'
import { goreleaser as findGoreleaser } from '../tests/support/tools.ts'
import { allKeys, schemaOf, usedKeys } from './keys.ts'
import { newKeys } from './keyring.ts'
import { cloneOf, type Project, projects } from './project.ts'
import { purposes } from './purpose.ts'
import { standIns } from './stand-ins.ts'

const program = process.env['TAGONCE'] ?? resolve(import.meta.dirname, '..', 'package', 'bin', 'tagonce.cjs')
const goreleaser = findGoreleaser() ?? fail('set GORELEASER to the real GoReleaser v2.16.0')

interface Outcome {
  project: Project
  theirs: Observed
  ours: Observed
  found: Difference[]
}

async function compare(project: Project, folder: string, bin: string, keys: string): Promise<Outcome> {
  const home = join(folder, 'home')
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    KEYS: keys,
    TZ: 'UTC',
    LC_ALL: 'C',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GOFLAGS: '-mod=mod',
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    GOCACHE: join(home, 'gocache'),
    ...project.env,
  }
  const one = async (word: string, argv: string[]): Promise<Observed> => {
    const root = join(folder, project.name, word, 'hello')
    await mkdir(home, { recursive: true })
    const commit = await cloneOf(project, root)
    const contestant = { argv, root, calls: join(folder, project.name, `${word}-calls`), env }
    const dist = /^dist: (\S+)$/m.exec(project.config)?.[1] ?? 'dist'
    return observe(contestant, { release: project.release, commit, binaries: 'bytes', dist })
  }
  const theirs = await one('a', [goreleaser])
  const ours = await one('b', [process.execPath, program])
  return { project, theirs, ours, found: differences(theirs.facts, ours.facts) }
}

// `--meant` also shows what differs on purpose.
const meantToo = process.argv.includes('--meant')
const wanted = process.argv.slice(2).filter((one) => one !== '--meant')
const all = projects()
const chosen = wanted.length === 0 ? all : all.filter((one) => wanted.includes(one.name))
const purpose = purposes()
const began = Date.now()
await using folder = await tempFolder('conformance')
const bin = await standIns(folder.path)
const keys = await newKeys(folder.path)
const limit = pLimit(availableParallelism())
const outcomes = await Promise.all(chosen.map((one) => limit(() => compare(one, folder.path, bin, keys))))

let equal = 0
console.log('| project | compared | |\n|---|---|---|')
const told: string[] = []
const failing: string[] = []
for (const { project, theirs, ours, found } of outcomes) {
  const bad = found.filter((one) => !purpose.meant(project.name, one))
  if (bad.length === 0) equal++
  const refused = project.name.startsWith('refused-')
  if (!refused && theirs.code !== 0) failing.push(`${project.name}: GoReleaser itself fails`, ...lastLines(theirs.said))
  const seen = [...kinds(theirs.facts)].map(([kind, count]) => `${count} ${kind}`).join(', ')
  const meant = found.filter((one) => !bad.includes(one))
  if (meantToo && meant.length > 0) told.push(`\n${project.name}, on purpose`, ...meant.flatMap(showDifference))
  const mark =
    bad.length > 0
      ? `**differs in ${bad.length}**`
      : meant.length > 0
        ? `equal, but for ${meant.length} on purpose`
        : 'equal'
  console.log(`| ${project.name}: ${project.about} | ${seen} | ${mark} |`)
  if (bad.length === 0) continue
  told.push(`\n${project.name}`, ...bad.slice(0, wanted.length === 0 ? 12 : 200).flatMap(showDifference))
  for (const [who, { code, said }] of [
    ['goreleaser', theirs],
    ['tagonce', ours],
  ] as const) {
    if (code !== 0 && theirs.code !== ours.code) told.push(`  ${who} said:`, ...lastLines(said))
  }
}
for (const line of told) console.log(line)

const problems = [...failing]
if (wanted.length === 0) {
  const schema = await schemaOf(goreleaser, folder.path)
  const keys = allKeys(schema)
  const accepted = outcomes.filter(({ theirs }) => theirs.facts.get('check › exit code') !== '1')
  const used = new Set(accepted.flatMap(({ project }) => [...usedKeys(schema, project.config)]))
  const lacking = [...keys].filter((one) => !used.has(one))
  problems.push(...lacking.map((one) => `no project uses ${one}`), ...purpose.wrong())
  console.log(`\n${keys.size - lacking.length} of ${keys.size} keys of GoReleaser's schema are used`)
}
for (const line of problems) console.log(line)
console.log(`${Math.round((Date.now() - began) / 1000)} s\n${equal} equal of ${outcomes.length}`)
process.exitCode = equal === outcomes.length && problems.length === 0 ? 0 : 1

function lastLines(said: string): string[] {
  return said
    .trimEnd()
    .split('\n')
    .slice(-12)
    .map((line) => `    ${line}`)
}

function fail(message: string): never {
  throw new Error(message)
}
