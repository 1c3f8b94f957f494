import { TagonceError, throwIfErrors } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { HubFile } from './hub.ts'

/** GitHub's own limits (docs.github.com, REST: release assets). */
const MOST_FILES = 1000
const MOST_BYTES = 2_147_483_648

/**
 * The name under which GitHub stores an asset: a run of other signs becomes one period.
 * @example storedName('a b~1.zip') // 'a.b.1.zip'
 */
export function storedName(name: string): string {
  return name.replaceAll(/\.*(?:[^A-Za-z0-9._@+-]+\.*)+/g, '.')
}

/** Refuses files that GitHub would rename or not take, all at once, before anything is sent. */
export function checkFiles(files: HubFile[]): void {
  const problems = files.flatMap(problemsOf)
  const seen = new Set<string>()
  for (const { name } of files) {
    if (seen.has(name))
      problems.push(problem('duplicate-asset', `two files are named ${name}`, 'give each its own name'))
    seen.add(name)
  }
  throwIfErrors('hub', 'GitHub would not take these files as they are', problems)
  if (files.length > MOST_FILES) {
    throw new TagonceError('hub', `a release holds ${MOST_FILES} files; this one would have ${files.length}`)
  }
}

function problemsOf({ name, size }: HubFile): Diagnostic[] {
  const found: Diagnostic[] = []
  const stored = storedName(name)
  if (stored !== name || name.startsWith('.') || name.endsWith('.')) {
    const what = stored === name ? 'would rename' : `would store as ${stored}`
    const mend = 'use letters, digits and . _ - @ + in the name template, no period at its ends'
    found.push(problem('asset-name', `${name}: GitHub ${what}, and every address of it would be dead`, mend))
  }
  if (size < 1) found.push(problem('asset-size', `${name} is empty; GitHub takes no empty file`, 'leave it out'))
  if (size > MOST_BYTES) found.push(problem('asset-size', `${name} is larger than 2 GiB, GitHub's limit`, 'split it'))
  return found
}

function problem(code: string, message: string, mend: string): Diagnostic {
  return { severity: 'error', code, message, mend }
}
