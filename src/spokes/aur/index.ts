import { notBuilt } from '../shared/not-built.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import type { Instruction, Spoke } from '../spoke.ts'
import { checkAur, checkAurSource } from './check.ts'
import { resolveAurs, resolveAurSources } from './resolve.ts'
import { aurSettings, aurSourceSettings, type AurSettings, type AurSourceSettings } from './settings.ts'
import { aurSourceUnits, aurUnits, type AurUnit } from './unit.ts'

/** Packages of programs for Arch Linux: `aurs`. */
export const aur: Spoke<AurSettings, AurUnit> = {
  ...notBuilt('the AUR'),
  name: 'aur',
  settings: resolveAurs,
  parse: (settings) => parseSettings(aurSettings, 'aur', settings),
  check: checkAur,
  units: aurUnits,
  instructions: (_manifest, { name }) => instructions(name),
}

/** Packages for Arch Linux that are built from the sources: `aur_sources`. */
export const aurSource: Spoke<AurSourceSettings, AurUnit> = {
  ...notBuilt('the AUR'),
  name: 'aur-source',
  settings: resolveAurSources,
  parse: (settings) => parseSettings(aurSourceSettings, 'aur-source', settings),
  check: checkAurSource,
  units: aurSourceUnits,
  instructions: (_manifest, { name }) => instructions(name),
}

function instructions(name: string): Instruction[] {
  return [{ channel: 'AUR', command: `git clone https://aur.archlinux.org/${name}.git && cd ${name} && makepkg -si` }]
}
