import { readFile, readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../../../core/errors.ts'
import { inside } from '../../../core/paths.ts'
import type { ProjectText } from '../project-context.ts'
import type { KoSettings } from '../settings.ts'

/** The files of `kodata`, by their path below it. Links are followed, as by ko, as long as they stay inside; no folder is no file. */
export async function koData({ data }: Pick<KoSettings, 'data'>, root: string): Promise<ProjectText[]> {
  const top = await realpath(inside(root, data)).catch(() => undefined)
  if (top === undefined) return []
  const texts: ProjectText[] = []
  const walk = async (folder: string, as: string, above: readonly string[]): Promise<void> => {
    for (const name of (await readdir(folder)).toSorted()) {
      const path = as === '' ? name : `${as}/${name}`
      const real = await realpath(join(folder, name)).catch(() => '')
      if (real === '' || above.includes(real)) throw wrongLink(data, path, 'leads nowhere')
      try {
        inside(top, real)
      } catch {
        throw wrongLink(data, path, 'leads out of the folder')
      }
      if ((await stat(real)).isDirectory()) await walk(real, path, [...above, real])
      else texts.push({ path, executable: false, bytes: await readFile(real) })
    }
  }
  await walk(top, '', [top])
  return texts
}

function wrongLink(data: string, path: string, why: string): TagonceError {
  return new TagonceError('spoke', `${data}/${path} ${why}`, { hint: 'put the file itself there' })
}
