import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { inside } from '../core/paths.ts'
import type { WorldStore } from '../spokes/world.ts'

let written = 0

/**
 * State of one local server in a folder: documents as JSON files, replaced by rename so that a killed process leaves whole ones.
 * Nothing is kept in memory: another process may seed the folder while the server runs.
 * @example const store = diskStore('/tmp/world/state/registry.npmjs.org'); store.write('packages/hello', { versions: [] })
 */
export function diskStore(folder: string): WorldStore {
  const documents = join(folder, 'documents')
  const blobs = join(folder, 'blobs')
  const fileOf = (name: string): string => inside(documents, `${name}.json`)
  return {
    read<T>(name: string): T | undefined {
      try {
        return JSON.parse(readFileSync(fileOf(name), 'utf8')) as T
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    write(name, value) {
      const file = fileOf(name)
      mkdirSync(dirname(file), { recursive: true })
      written += 1
      const half = `${file}.${process.pid}-${written}`
      writeFileSync(half, JSON.stringify(value))
      renameSync(half, file)
    },
    list(prefix) {
      const folderOf = inside(documents, prefix.includes('/') ? prefix.slice(0, prefix.lastIndexOf('/')) : '.')
      return filesBelow(folderOf)
        .map((file) => relative(documents, file).split(sep).join('/'))
        .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
        .map((name) => name.slice(0, -'.json'.length))
        .sort()
    },
    remove(name) {
      rmSync(fileOf(name), { force: true })
    },
    blob(name) {
      const path = inside(blobs, name)
      mkdirSync(dirname(path), { recursive: true })
      return path
    },
  }
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
