import { readFile, stat } from 'node:fs/promises'
import { TagonceError } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import type { SnapSettings } from './settings.ts'

/** Files of the project that one entry seals into the manifest may be this big, all together. */
const MOST = 1024 * 1024

interface ProjectFile {
  source: string
  destination: string
  mode: number
}

/** Files of the project that go into the snap: `extra_files`, and the completers of apps, which keep their path. */
export function projectFiles(settings: SnapSettings): ProjectFile[] {
  const completers = Object.values(settings.apps).flatMap(({ more }) => {
    const path = more['completer']
    return typeof path === 'string' ? [{ source: path, destination: path, mode: 0o644 }] : []
  })
  return [...settings.files, ...completers]
}

/**
 * Seals the project's files with the release, so that the snap can be made anywhere: `file:DESTINATION`, in base64. Throws `spoke` for
 * one that is missing, that leaves the project, or when they are too big.
 */
export async function pinFiles(settings: SnapSettings, root: string): Promise<Record<string, string>> {
  const pins: Record<string, string> = {}
  let size = 0
  for (const { source, destination } of projectFiles(settings)) {
    const path = inside(root, source)
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() !== true) {
      throw new TagonceError('spoke', `snapcrafts ${settings.name}: there is no file ${source}`, {
        hint: 'mend extra_files: or completer:',
      })
    }
    size += found.size
    if (size > MOST) {
      throw new TagonceError(
        'spoke',
        `snapcrafts ${settings.name}: extra_files and completers have more than ${MOST} bytes`,
        {
          hint: 'only small files are sealed with a release',
        },
      )
    }
    pins[`file:${destination}`] = (await readFile(path)).toString('base64')
  }
  return pins
}

/** The sealed files with their bytes. Throws `manifest` where one is lacking. */
export function pinnedFiles(
  manifest: Manifest,
  settings: SnapSettings,
): { destination: string; mode: number; bytes: Buffer }[] {
  const wanted = projectFiles(settings)
  if (wanted.length === 0) return []
  const sealed = manifest.spokes.find((one) => one.spoke === 'snap' && one.entry === settings.name)
  return wanted.map(({ destination, mode }) => {
    const text = sealed?.pins[`file:${destination}`]
    if (text === undefined)
      throw new TagonceError('manifest', `the manifest lacks ${destination} of the snap ${settings.name}`)
    return { destination, mode, bytes: Buffer.from(text, 'base64') }
  })
}
