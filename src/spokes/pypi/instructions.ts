import type { Manifest } from '../../manifest/manifest.ts'
import type { Instruction } from '../spoke.ts'
import type { PypiSettings } from './settings.ts'
import { isPrerelease } from './version.ts'

/** What a user types; a pre-release and another index have to be named. */
export function instructionsOf(manifest: Manifest, settings: PypiSettings): Instruction[] {
  const { name, version, index, mode, commands } = settings
  const what = isPrerelease(version) ? `${name}==${version}` : name
  const from = index.kind === 'pypi' ? '' : `--index-url ${index.simple}/ `
  const note =
    mode === 'download' ? { note: `fetches the program from the release of ${manifest.tag} when it first runs` } : {}
  const [first] = commands
  const run = first === undefined || first.name === name ? what : `--from ${what} ${first.name}`
  return [
    { channel: 'PyPI', command: `pip install ${from}${what}`, ...note },
    { channel: 'PyPI', command: `uv tool install ${from}${what}`, ...note },
    { channel: 'PyPI', command: `uvx ${from}${run}`, note: 'without installing it' },
  ]
}
