import { notBuilt } from '../shared/not-built.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import type { Spoke } from '../spoke.ts'
import { checkSnap } from './check.ts'
import { resolveSnaps } from './resolve.ts'
import { snapSettings, type SnapSettings } from './settings.ts'
import { snapUnits, type SnapUnit } from './unit.ts'

/** Snaps: `snapcrafts`. */
export const snap: Spoke<SnapSettings, SnapUnit> = {
  ...notBuilt('the Snap store'),
  name: 'snap',
  settings: resolveSnaps,
  parse: (settings) => parseSettings(snapSettings, 'snap', settings),
  check: checkSnap,
  units: snapUnits,
  instructions: (_manifest, { name, confinement }) => [
    { channel: 'Snap', command: `snap install ${name}${confinement === 'classic' ? ' --classic' : ''}` },
  ],
}
