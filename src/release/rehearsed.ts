import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Diagnostic } from '../core/errors.ts'
import type { Git } from '../external/git.ts'

/** What the last rehearsal of a repository made; in its git folder, where it makes no tree dirty. */
interface Remembered {
  tag: string
  commit: string
  digests: Record<string, string>
}

interface File {
  name: string
  sha256: string
}

/** Keeps the digests of a rehearsal, for the release to compare with. */
export async function rememberRehearsal(git: Git, at: { tag: string; commit: string }, files: File[]): Promise<void> {
  const path = await place(git)
  if (path === undefined) return
  await mkdir(dirname(path), { recursive: true })
  const digests = Object.fromEntries(files.map((one) => [one.name, one.sha256]))
  await writeFile(
    path,
    `${JSON.stringify({ tag: at.tag, commit: at.commit, digests } satisfies Remembered, null, 2)}\n`,
  )
}

/**
 * What a release made otherwise than its rehearsal (same tag, same commit). Nothing where there was no such rehearsal.
 */
export async function compareWithRehearsal(
  git: Git,
  at: { tag: string; commit: string },
  files: File[],
): Promise<Diagnostic[]> {
  const known = await remembered(git)
  if (known === undefined || known.tag !== at.tag || known.commit !== at.commit) return []
  const differing = files.filter(
    (one) => known.digests[one.name] !== undefined && known.digests[one.name] !== one.sha256,
  )
  if (differing.length === 0) {
    return [
      {
        severity: 'info',
        code: 'as-rehearsed',
        message: `all ${files.length} files have the digests of the rehearsal`,
      },
    ]
  }
  const names = differing.map((one) => one.name).join(', ')
  return [
    {
      severity: 'warning',
      code: 'not-as-rehearsed',
      message: `${differing.length === 1 ? '1 file differs' : `${differing.length} files differ`} from the rehearsal of ${at.tag}: ${names}`,
      mend: 'build with -trimpath, CGO_ENABLED=0 and the same compiler; see docs/reproducible.md',
    },
  ]
}

async function remembered(git: Git): Promise<Remembered | undefined> {
  const path = await place(git)
  if (path === undefined) return undefined
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Remembered
  } catch {
    return undefined
  }
}

async function place(git: Git): Promise<string | undefined> {
  const asked = ['--show-toplevel', '--git-path', 'tagonce/rehearsal.json', '--show-prefix']
  const [top, path, prefix = ''] = (await git.ask(['rev-parse', ...asked]))?.split('\n') ?? []
  // The path is relative to where git was asked.
  return top === undefined || path === undefined ? undefined : resolve(top, prefix, path)
}
