import type { Manifest } from '../../manifest/manifest.ts'
import type { Instruction } from '../spoke.ts'
import type { NpmSettings } from './settings.ts'

/** What a user types; a tag other than `latest` has to be named. The first is what the rehearsal's client runs. */
export function instructionsOf(manifest: Manifest, settings: NpmSettings): Instruction[] {
  const version = settings.tag === 'latest' ? '' : `@${settings.tag}`
  const note =
    settings.mode === 'download'
      ? { note: `fetches the program from the release of ${manifest.tag} when it first runs` }
      : {}
  return [
    { channel: 'npm', command: `npm install -g ${settings.name}${version}`, ...note },
    { channel: 'npm', command: `npx ${settings.name}${version}`, note: 'without installing it' },
  ]
}
