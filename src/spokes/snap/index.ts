import { TagonceError } from '../../core/errors.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import { schemaProofread } from '../shared/proofread.ts'
import type { Spoke } from '../spoke.ts'
import { checkSnap } from './check.ts'
import { observeUnit, verifyUnit } from './observe.ts'
import { packedSnap } from './pack.ts'
import { pinFiles } from './pins.ts'
import { probeSnap } from './probe.ts'
import { publishUnit } from './publish.ts'
import { resolveSnaps } from './resolve.ts'
import { retractAct, retractPlan, type SnapRetractStep } from './retract.ts'
import { snapSchema } from './schema.ts'
import { snapSettings, type SnapSettings } from './settings.ts'
import { CREDENTIALS } from './store.ts'
import { snapUnits, type SnapUnit } from './unit.ts'
import { snapWorld } from './world.ts'

/** The Snap store: `snapcrafts`. Snaps are made out of the hub's programs; the store is spoken to by its own protocol. */
export const snap: Spoke<SnapSettings, SnapUnit> = {
  name: 'snap',
  settings: resolveSnaps,
  parse: (settings) => parseSettings(snapSettings, 'snap', settings),
  check: checkSnap,
  proofread: schemaProofread(snapSchema),
  credentials: () => [CREDENTIALS],
  probe: probeSnap,
  pin: (settings, io) => pinFiles(settings, io.root),
  units: snapUnits,
  async assemble(unit, hub, io) {
    if (unit.role === 'channel') throw new TagonceError('internal', `${unit.id} is a pointer and has no bytes`)
    const { path, sha3 } = await packedSnap(unit, hub, io)
    return { path, digest: `sha3-384:${sha3}` }
  },
  observe: observeUnit,
  publish: publishUnit,
  verify: verifyUnit,
  retract: { plan: retractPlan, act: (step, io) => retractAct(step as SnapRetractStep, io) },
  instructions(_manifest, { name, channels, confinement }) {
    const best = ['stable', 'candidate', 'beta', 'edge'].find((risk) =>
      channels.some((one) => one === risk || one === `latest/${risk}`),
    )
    const channel = best === undefined ? ` --channel=${channels[0] ?? 'stable'}` : best === 'stable' ? '' : ` --${best}`
    const mode = confinement === 'strict' ? '' : ` --${confinement}`
    return [{ channel: 'Snap', command: `sudo snap install ${name}${channel}${mode}` }]
  },
  world: snapWorld,
}
