import { readFile } from 'node:fs/promises'
import { TagonceError } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'
import { gitSpoke } from '../shared/git-spoke.ts'
import { parserProofread } from '../shared/proofread.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import type { ChannelIO, Instruction, Spoke } from '../spoke.ts'
import { observe, oneRepository, probe, verify } from './channel.ts'
import { checkAur, checkAurSource } from './check.ts'
import { aurClient } from './client.ts'
import { resolveAurs, resolveAurSources } from './resolve.ts'
import { aurSettings, aurSourceSettings } from './settings.ts'
import type { ArchSettings, AurSettings, AurSourceSettings } from './settings.ts'
import { aurSourceUnits, aurUnits, INSTALL_PIN, type AurUnit } from './unit.ts'
import { fullVersionIn } from './version.ts'
import { aurServer } from './world.ts'

/** What both kinds of packages do alike. */
const arch = {
  // What is beside it (.SRCINFO) is no program.
  proofread: parserProofread('bash', ['bash', '-n'], { only: /PKGBUILD$/ }),
  credentials: ({ keyEnv }: ArchSettings) => (keyEnv === '' ? [] : [keyEnv]),
  probe,
  pin,
  observe,
  publish: (unit, seen, hub, io) => oneRepository.publish([{ unit, seen }], hub, io),
  together: oneRepository,
  verify,
  retract: gitSpoke('aur', fullVersionIn).retract,
  instructions: (_manifest, { name }): Instruction[] => [
    { channel: 'AUR', command: `git clone https://aur.archlinux.org/${name}.git && cd ${name} && makepkg -si` },
  ],
  world: {
    server: aurServer,
    client: aurClient,
    remotes: (settings) => [(settings as ArchSettings).gitUrl],
  },
} satisfies Partial<Spoke<ArchSettings, AurUnit>>

/** Packages of programs for Arch Linux: `aurs`. */
export const aur: Spoke<AurSettings, AurUnit> = {
  ...arch,
  name: 'aur',
  settings: resolveAurs,
  parse: (settings) => parseSettings(aurSettings, 'aur', settings),
  check: checkAur,
  units: aurUnits,
}

/** Packages for Arch Linux that are built from the sources: `aur_sources`. */
export const aurSource: Spoke<AurSourceSettings, AurUnit> = {
  ...arch,
  name: 'aur-source',
  settings: resolveAurSources,
  parse: (settings) => parseSettings(aurSourceSettings, 'aur-source', settings),
  check: checkAurSource,
  units: aurSourceUnits,
}

/** The install script goes into the manifest: a later run has no project. */
async function pin({ install }: ArchSettings, { root }: ChannelIO & { root: string }): Promise<Record<string, string>> {
  if (install === '') return {}
  const text = await readFile(inside(root, install), 'utf8').catch((cause: unknown) => {
    throw new TagonceError('config', `the install script ${install} can't be read`, { cause, hint: 'mend install:' })
  })
  return { [INSTALL_PIN]: text }
}
