import { createHash } from 'node:crypto'
import { access, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { TagonceError } from '../core/errors.ts'

const MARK = '.tagonce-rehearsal'

/**
 * The folder a rehearsal lives in: one per project, replaced by the next rehearsal and kept until then, so that its report and
 * its local world can be looked at. A folder of the user's own is taken only when it is empty or was a rehearsal before.
 */
export async function rehearsalFolder(root: string, wanted: string | undefined): Promise<string> {
  const id = createHash('sha256').update(resolve(root)).digest('hex').slice(0, 8)
  const folder =
    wanted === undefined
      ? join(await realpath(tmpdir()), `tagonce-rehearsal-${basename(resolve(root))}-${id}`)
      : resolve(wanted)
  const there = await readdir(folder).catch(() => [])
  if (there.length > 0) {
    await access(join(folder, MARK)).catch(() => {
      throw new TagonceError('usage', `${folder} is not empty, and no rehearsal made it`, {
        hint: 'name an empty folder with --folder',
      })
    })
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, MARK), 'made by tagonce rehearse; the next rehearsal replaces it\n')
  return folder
}
