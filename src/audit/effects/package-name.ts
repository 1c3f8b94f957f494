import { posix } from 'node:path'
import type { Found } from './found.ts'

/** Where the name of what is published stands when the command does not say it. */
const MANIFESTS: Record<string, { file: string; name: RegExp }> = {
  npm: { file: 'package.json', name: /^\s*\{?\s*"name"\s*:\s*"([^"]+)"/m },
  pypi: { file: 'pyproject.toml', name: /^\s*name\s*=\s*["']([^"']+)["']/m },
  cargo: { file: 'Cargo.toml', name: /^\s*name\s*=\s*"([^"]+)"/m },
  snap: { file: 'snap/snapcraft.yaml', name: /^name:\s*['"]?([\w-]+)/m },
}

/** Fills in the name of a package from the manifest of the folder that the command runs in. */
export function nameOfPackage(found: Found, folder: string, readFile: (path: string) => string | undefined): Found {
  if (found.kind !== 'publish') return found
  const manifest = MANIFESTS[found.channel ?? '']
  if (manifest === undefined) return found
  const said = found.name
  // `npm publish ./pkg` and `-w pkg` name a folder.
  const at = said === undefined ? folder : posix.join(folder, said)
  if (at.startsWith('..') || at.includes('$')) return found
  const name = manifest.name.exec(readFile(posix.join(at, manifest.file)) ?? '')?.[1]
  return name === undefined ? found : { ...found, name }
}
