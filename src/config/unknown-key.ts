import type { Diagnostic, Position } from '../core/errors.ts'
import { quoteAll } from './messages.ts'
import type { Path } from './path.ts'
import { showPath } from './path.ts'
import type { AnyKind, Keys } from './schema/kinds.ts'
import { suggest } from './suggest.ts'

/** A key that the schema does not know, with the key that was most likely meant, or the place where it belongs. */
export function unknownKey(name: string, keys: Keys, path: Path, where: Position, root: Keys): Diagnostic {
  const place = path.length === 0 ? 'at the top of the config' : `in \`${showPath(path)}\``
  const near = suggest(name, namesOf(keys))
  const home = near === undefined ? findHome(name, root) : undefined
  return {
    severity: 'error',
    code: 'unknown-key',
    message: `unknown key \`${name}\` ${place}`,
    where,
    mend:
      near !== undefined ? `did you mean \`${near}\`?` : home !== undefined ? `it belongs to \`${home}\`` : list(keys),
  }
}

function list(keys: Keys): string {
  const names = namesOf(keys)
  return names.length > 12 ? 'delete it, or look it up in docs/config.md' : `the keys here are ${quoteAll(names)}`
}

function namesOf(keys: Keys): string[] {
  return Object.keys(keys).filter((name) => keys[name]?.removed !== true)
}

/** The one place of the schema where a key of this name belongs; undefined where there are several. */
function findHome(name: string, root: Keys): string | undefined {
  if (root[name] !== undefined && Object.hasOwn(root, name)) return 'the top of the config'
  const homes: string[] = []
  for (const [key, kind] of Object.entries(root)) {
    const keys = kind.removed === true ? undefined : keysOf(kind)
    if (keys !== undefined && Object.hasOwn(keys, name)) homes.push(kind.form.is === 'list' ? `${key}[]` : key)
  }
  return homes.length === 1 ? homes[0] : undefined
}

function keysOf(kind: AnyKind): Keys | undefined {
  if (kind.form.is === 'list') return keysOf(kind.form.of)
  return kind.form.is === 'object' ? kind.form.keys : undefined
}
