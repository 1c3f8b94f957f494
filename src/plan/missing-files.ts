import { posix } from 'node:path'
import { isPattern } from '../pack/glob.ts'
import type { ProjectFiles } from './go-source.ts'
import type { Plan } from './plan.ts'
import type { Problems } from './renderer.ts'

/**
 * Files of archives that are named, not matched, and are not there. Told before anything is built, unless a hook or a build could
 * make them.
 */
export function tellMissingFiles(
  plan: Pick<Plan, 'archives' | 'before' | 'binaries' | 'dist'>,
  files: ProjectFiles,
  problems: Problems,
): void {
  const hooks = [
    ...plan.binaries.flatMap((one) => [...one.hooks.pre, ...one.hooks.post]),
    ...plan.archives.flatMap((one) => [...(one.hooks?.before ?? []), ...(one.hooks?.after ?? [])]),
  ]
  // Go's compiler makes programs only; of others nobody knows.
  const other = plan.binaries.some((one) => one.builder !== 'go' && one.builder !== 'prebuilt')
  if (plan.before.length > 0 || hooks.length > 0 || other) return
  for (const archive of plan.archives) {
    for (const { src, base, optional, where } of archive.files) {
      const path = posix.normalize(src)
      const isMade = path === plan.dist || path.startsWith(`${plan.dist}/`)
      if (optional || isMade || posix.isAbsolute(path) || isPattern(path) || isThere(files, path)) continue
      if (base !== undefined && isThere(files, posix.join(base, path))) continue
      problems.add({
        severity: 'error',
        code: 'missing-file',
        message: `${src} does not exist, and no hook could make it`,
        ...(where === undefined ? {} : { where }),
        mend: 'remove it from `archives.files`, or create it before',
      })
    }
  }
}

function isThere(files: ProjectFiles, path: string): boolean {
  const name = posix.basename(path)
  if (name === '.' || name === '') return true
  return files.list(posix.dirname(path))?.some((one) => one.name === name) ?? false
}
