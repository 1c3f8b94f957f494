import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { inside } from '../../core/paths.ts'
import { tempFolder } from '../../core/temp.ts'
import { gitIn } from '../../external/git.ts'
import type { FileChange } from './apply.ts'

/**
 * Changes as git shows them, renames found: what `git apply` would take.
 * @param read the text of a file as it is
 */
export async function diffOf(
  changes: FileChange[],
  read: (path: string) => string | undefined,
  env: Record<string, string | undefined>,
): Promise<string> {
  await using folder = await tempFolder('diff')
  const put = async (side: string, path: string, text: string | undefined): Promise<void> => {
    if (text === undefined) return
    const file = inside(folder.path, `${side}/${path}`)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
  await mkdir(inside(folder.path, 'a'))
  await mkdir(inside(folder.path, 'b'))
  for (const { path, after } of changes) {
    await put('a', path, read(path))
    await put('b', path, after)
  }
  const argv = ['diff', '--no-index', '--no-prefix', '--no-color', '--no-ext-diff', '--find-renames', 'a', 'b']
  const { stdout } = await gitIn(folder.path, env).run(argv)
  // The lines that name a rename take no prefix, and our two folders are no part of it.
  return stdout.replaceAll(/^(rename (?:from|to)) [ab]\//gm, '$1 ')
}
