import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ProjectFiles } from './go-source.ts'

/**
 * The files of a project on this disk.
 * @example projectFiles('/repo').read('go.mod')
 */
export function projectFiles(root: string): ProjectFiles {
  return {
    read: (path) => orNothing(() => readFileSync(resolve(root, path), 'utf8')),
    bytes: (path) => readFileSync(resolve(root, path)),
    list: (path) =>
      orNothing(() =>
        readdirSync(resolve(root, path), { withFileTypes: true }).map((one) => ({
          name: one.name,
          folder: one.isDirectory(),
        })),
      ),
  }
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined
    throw error
  }
}
