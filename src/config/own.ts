import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { Config } from './config.ts'
import { decode, placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import { pathKey } from './path.ts'
import type { Infer } from './schema/kinds.ts'
import { flag, list, object, text } from './schema/kinds.ts'
import { npm } from './schema/npm.ts'
import { pypi } from './schema/pypi.ts'
import { parseTree } from './syntax.ts'

/** `tagonce.yaml` beside the config: what GoReleaser has no key for. */
export const own = object({
  npms: list(npm),
  pypis: list(pypi),
  /** Adds how to install from each channel to the release's notes. */
  install_notes: flag,
  /** Rules of `tagonce audit` that are silenced, each with its reason. */
  audit: object({ silence: list(object({ rule: text, file: text, reason: text })) }),
})

export type OwnConfig = Infer<typeof own>

/** Names it may have, beside the config. */
const OWN_FILES = ['tagonce.yaml', 'tagonce.yml'] as const

/** Reads `tagonce.yaml`, and takes its `npms` and `pypis` into the config. */
export async function readOwn(
  root: string,
  file: string,
  config: Config,
  places: Map<string, Place>,
  diagnostics: Diagnostic[],
): Promise<OwnConfig> {
  const folder = file.startsWith('.config/') ? '' : dirname(file)
  for (const name of OWN_FILES) {
    const path = join(folder, name).replaceAll('\\', '/')
    const bytes = await readFile(isAbsolute(path) ? path : join(root, path)).catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
      throw new TagonceError('config', `${path} can’t be read`, { cause })
    })
    if (bytes === undefined) continue
    const tree = parseTree(path, bytes)
    const decoded = decode(tree, own)
    diagnostics.push(...tree.diagnostics)
    if (tree.diagnostics.some((one) => one.severity === 'error')) return {}
    diagnostics.push(...decoded.diagnostics)
    const value = (decoded.value ?? {}) as OwnConfig
    if (value.npms !== undefined && config.npms !== undefined) {
      const where = placePosition(decoded.places.get(pathKey(['npms'])), 'key')
      diagnostics.push({
        severity: 'error',
        code: 'npms-twice',
        message: `\`npms\` stands in \`${path}\` and in \`${file}\``,
        ...(where === undefined ? {} : { where }),
        mend: 'keep one of them',
      })
    } else if (value.npms !== undefined) {
      config.npms = value.npms
      for (const [key, place] of decoded.places) if (key.startsWith('["npms"')) places.set(key, place)
    }
    if (value.pypis !== undefined) {
      config.pypis = value.pypis
      for (const [key, place] of decoded.places) if (key.startsWith('["pypis"')) places.set(key, place)
    }
    return value
  }
  return {}
}
