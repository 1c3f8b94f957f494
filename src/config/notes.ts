import { readFile } from 'node:fs/promises'
import type { Diagnostic } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { Config } from './config.ts'
import { placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import { setAt, valueAt } from './path.ts'

/**
 * Texts that Pro also takes from a file (`header: { from_file: { path: … } }`): the content takes the place of the name.
 */
export async function readNotes(root: string, config: Config, places: Map<string, Place>): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  for (const place of places.values()) {
    if (place.kind.form.is !== 'note') continue
    const value = valueAt(config, place.path)
    if (typeof value !== 'object' || value === null) continue
    const file = valueAt(value, ['from_file', 'path'])
    const text = typeof file === 'string' ? await readText(root, file) : undefined
    setAt(config, place.path, text ?? '')
    if (text !== undefined) continue
    const where = placePosition(place)
    diagnostics.push({
      severity: 'error',
      code: 'bad-include',
      message: typeof file === 'string' ? `\`${file}\` can’t be read` : 'a text from a URL is not carried out yet',
      ...(where === undefined ? {} : { where }),
      mend: 'save the text in the project, and write `from_file: { path: … }`',
    })
  }
  return diagnostics
}

async function readText(root: string, path: string): Promise<string | undefined> {
  try {
    return await readFile(inside(root, path), 'utf8')
  } catch {
    return undefined
  }
}
