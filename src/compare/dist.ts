import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { digestsOf } from './digests.ts'
import { type Facts, fact, note } from './facts.ts'
import { recordFacts } from './records.ts'
import { readerOf, shown, type Where } from './packed.ts'
import type { Circumstances } from './put-aside.ts'
import { fieldFacts } from './fields.ts'

/** Files that are put aside by name: see `PUT_ASIDE`. */
const ASIDE = new Set(['config.yaml', 'tagonce.json'])

/** Everything that stands in a `dist` folder. Where binaries hold a time, their bytes are not compared. */
export async function distFacts(
  dist: string,
  when: Circumstances,
  facts: Facts,
  binaries: 'bytes' | 'names',
): Promise<void> {
  const files = await filesBelow(dist)
  // A program is the same for both, or has a name instead of its digest; what GoReleaser leaves behind of lintian is its own.
  const named = [...files].filter(
    ([name, mode]) =>
      !ASIDE.has(name) &&
      !name.endsWith('/lintian') &&
      (mode !== 'program' || binaries === 'names' || name.endsWith('.run')),
  )
  const names = new Map(named.map(([name]) => [name, join(dist, name)]))
  const where: Where = { facts, when, digests: await digestsOf(names) }
  for (const [name, mode] of files) {
    if (name === 'tagonce.json') continue
    note(facts, fact('dist', name), mode)
    if (ASIDE.has(name)) continue
    const path = join(dist, name)
    const read = readerOf(name)
    if (name === 'artifacts.json' || name === 'metadata.json') await recordFacts(path, name, where)
    else if (name.endsWith('.srcinfo')) fieldFacts(fact('file', name), shown(await readFile(path), where), facts)
    else if (read !== undefined) await readWhole(read, path, name, where)
    else {
      const bytes = await readFile(path)
      const text = shown(bytes, { ...where, digests: bytes.includes(0) ? new Map<string, string>() : where.digests })
      if (bytes.includes(0) && binaries === 'names') continue
      const told = name.endsWith('.installer.yaml') ? sortedInstallers(text) : text
      note(facts, fact(name.includes('checksums') || name.endsWith('.sha256') ? 'checksums' : 'file', name), told)
    }
  }
}

/** The order of winget's installers is chance with GoReleaser. */
function sortedInstallers(text: string): string {
  const [head = '', ...rest] = text.split(/^(?= {2}- Architecture: )/m)
  const tail = /^\w/m.exec(rest.at(-1) ?? '')?.index
  const last = rest.at(-1) ?? ''
  const blocks = tail === undefined ? rest : [...rest.slice(0, -1), last.slice(0, tail)]
  return [head, ...blocks.toSorted(), tail === undefined ? '' : last.slice(tail)].join('')
}

/** What can't be read is a fact as well. */
async function readWhole(
  read: NonNullable<ReturnType<typeof readerOf>>,
  path: string,
  name: string,
  where: Where,
): Promise<void> {
  try {
    await read(path, name, where)
  } catch (error) {
    note(where.facts, fact('archive', name, 'readable'), error instanceof Error ? error.message : String(error))
  }
}

/** Name → what it is: whether it can be run, or where it points to. */
async function filesBelow(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isSymbolicLink()) found.set(relative(folder, path), 'link')
    else if (entry.isFile())
      found.set(relative(folder, path), ((await stat(path)).mode & 0o111) === 0 ? 'file' : 'program')
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
