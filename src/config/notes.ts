import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import type { Diagnostic } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { Config } from './config.ts'
import { placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import { readOutside, unread } from './outside.ts'
import type { FromUrl, Outside, Problem } from './outside.ts'
import { setAt, showPath, valueAt } from './path.ts'

/**
 * Texts that Pro also takes from a file or an address (`header: { from_file: { path: … } }`): the content takes the place of
 * the name.
 */
export async function readNotes(
  root: string,
  config: Config,
  places: Map<string, Place>,
  outside: Outside | undefined,
): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  for (const place of places.values()) {
    if (place.kind.form.is !== 'note') continue
    const value = valueAt(config, place.path)
    if (typeof value !== 'object' || value === null) continue
    const found = await readText(root, value, outside)
    setAt(config, place.path, 'problem' in found ? '' : new TextDecoder().decode(found.bytes))
    const where = placePosition(place)
    if ('problem' in found) diagnostics.push(unread(found, where))
    if ('problem' in found || found.said === undefined) continue
    const { mend } = found
    diagnostics.push({
      severity: 'info',
      code: 'read-from-outside',
      message: `\`${showPath(place.path)}\` was ${found.said}`,
      ...(where === undefined ? {} : { where }),
      ...(mend === undefined ? {} : { mend }),
    })
  }
  return diagnostics
}

async function readText(
  root: string,
  value: { from_url?: FromUrl; from_file?: { path?: string } },
  outside: Outside | undefined,
): Promise<{ bytes: Uint8Array; said?: string; mend?: string } | Problem> {
  const found =
    value.from_url === undefined
      ? await ofFile(root, value.from_file?.path)
      : await readOutside(value.from_url, outside)
  if ('problem' in found || isUtf8(found.bytes)) return found
  const name = value.from_url?.url ?? value.from_file?.path ?? ''
  return { problem: `\`${name}\` is not valid UTF-8`, mend: 'save it as UTF-8' }
}

async function ofFile(root: string, path: string | undefined): Promise<{ bytes: Uint8Array } | Problem> {
  const mend = 'save the text in the project, and write `from_file: { path: … }`'
  if (path === undefined) return { problem: 'neither `from_file` nor `from_url` is there', mend }
  try {
    return { bytes: await readFile(inside(root, path)) }
  } catch {
    return { problem: `\`${path}\` can’t be read`, mend }
  }
}
