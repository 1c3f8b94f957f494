import { notBuilt } from '../shared/not-built.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import type { Spoke } from '../spoke.ts'
import { checkChocolatey } from './check.ts'
import { resolveChocolateys } from './resolve.ts'
import { chocolateySettings, type ChocolateySettings } from './settings.ts'
import { chocolateyUnits, type ChocolateyUnit } from './unit.ts'

/** Chocolatey: `chocolateys`. */
export const chocolatey: Spoke<ChocolateySettings, ChocolateyUnit> = {
  ...notBuilt('Chocolatey'),
  name: 'chocolatey',
  settings: resolveChocolateys,
  parse: (settings) => parseSettings(chocolateySettings, 'chocolatey', settings),
  check: checkChocolatey,
  units: chocolateyUnits,
  instructions: (_manifest, { name }) => [{ channel: 'Chocolatey', command: `choco install ${name}` }],
}
