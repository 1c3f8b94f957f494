import { chmod, stat } from 'node:fs/promises'
import { posix, relative, sep } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { hashFile } from '../formats/hash.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { PlannedExtraFile } from '../plan/plan.ts'
import { safeAsset } from './artifact-name.ts'
import { isPattern, matchingFiles, walk } from './glob.ts'
import type { PackedArtifact } from './packed.ts'
import { renderFile } from './templated.ts'
import { writeText } from './write-whole.ts'

export interface ExtraFilesIO {
  root: string
  dist: string
  late: LateRenderer
  warn: (diagnostic: Diagnostic) => void
}

/**
 * The files that `extra_files` names, under the names they shall have; of two with one name the later stays, as with GoReleaser.
 * @throws TagonceError `pack` where a path does not exist, or one name is given to several files
 */
export async function findExtraFiles(files: PlannedExtraFile[], io: ExtraFilesIO): Promise<PackedArtifact[]> {
  const found = new Map<string, string>()
  for (const file of files) {
    const sources = file.templated === true ? [await rendered(file, io)] : await matches(file, io)
    const called = file.inDist === true ? posix.basename(file.name) : file.name
    if (sources.length > 1 && file.name !== '') {
      throw new TagonceError('pack', `${file.glob} matches ${sources.length} files, which cannot all be ${file.name}`, {
        hint: 'leave out `name_template`, or make the glob match one file',
      })
    }
    for (const source of sources) {
      const name = safeAsset(called === '' ? posix.basename(source) : called)
      const old = found.get(name)
      if (old !== undefined && old !== source) {
        io.warn({
          severity: 'warning',
          code: 'duplicate-file',
          message: `${source} takes the place of ${old} as ${name}`,
        })
      }
      found.set(name, source)
    }
  }
  return Promise.all(
    [...found]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(async ([name, path]): Promise<PackedArtifact> => {
        const { size, digests } = await hashFile(inside(io.root, path), ['sha256'])
        return { name, kind: 'file', id: '', size, sha256: digests.sha256, binaries: [], path }
      }),
  )
}

async function matches(file: PlannedExtraFile, io: ExtraFilesIO): Promise<string[]> {
  if (file.base !== undefined) {
    const { base, ...rest } = file
    const below = posix.join(base, file.glob)
    const found = await matches({ ...rest, glob: below }, { ...io, warn: () => {} }).catch(() => [])
    return found.length > 0 ? found : matches(rest, io)
  }
  const pattern = posix.normalize(relative(io.root, inside(io.root, file.glob)).split(sep).join('/') || '.')
  const sources = isPattern(pattern) ? await matchingFiles(io.root, pattern) : await literal(pattern, io)
  if (sources.length === 0) {
    io.warn({ severity: 'warning', code: 'no-match', message: `no file matches ${file.glob}` })
  }
  return sources
}

async function literal(path: string, io: ExtraFilesIO): Promise<string[]> {
  const found = await stat(inside(io.root, path)).catch(() => undefined)
  if (found === undefined) {
    throw new TagonceError('pack', `${path} does not exist`, {
      hint: 'remove it from `extra_files`, or create it before',
    })
  }
  return found.isDirectory() ? walk(io.root, path, Infinity, () => true) : [path]
}

/** Rendered into dist, under the name it shall have. */
async function rendered(file: PlannedExtraFile, io: ExtraFilesIO): Promise<string> {
  const below = posix.join(file.base ?? '.', file.glob)
  const isThere = file.base !== undefined && (await stat(inside(io.root, below)).catch(() => undefined)) !== undefined
  const text = await renderFile({ src: isThere ? below : file.glob, at: file.at }, {}, io)
  const name = file.name === '' ? posix.basename(file.glob) : file.name
  const path = posix.join(io.dist, ...(file.inDist === true ? [name] : ['extra_files', safeAsset(name)]))
  await writeText(inside(io.root, path), text, path)
  if (file.mode !== undefined) await chmod(inside(io.root, path), file.mode)
  return path
}
