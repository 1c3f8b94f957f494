import { TagonceError } from '../../core/errors.ts'
import { ACTIONS_VARIABLES } from '../shared/workflow-identity.ts'
import type { Spoke } from '../spoke.ts'
import { checkSettings } from './check.ts'
import { instructionsOf } from './instructions.ts'
import { observeUnit, verifyUnit } from './observe.ts'
import { packed } from './pack.ts'
import { pinSettings } from './pins.ts'
import { probeSettings } from './probe.ts'
import { publishUnit } from './publish.ts'
import { resolveSettings } from './resolve.ts'
import { retractAct, retractPlan } from './retract.ts'
import type { NpmRetractStep } from './retract.ts'
import { parseSettings } from './settings.ts'
import type { NpmSettings } from './settings.ts'
import { unitsOf } from './units.ts'
import type { NpmUnit } from './units.ts'
import { npmWorld } from './world.ts'

/** npm: a package per platform and a main one, or one wrapper that fetches from the hub. No install scripts in either. */
export const npm: Spoke<NpmSettings, NpmUnit> = {
  name: 'npm',
  settings: resolveSettings,
  parse: parseSettings,
  check: checkSettings,
  credentials: ({ trusted, provenance, tokenEnv }) => [
    ...(trusted ? [] : [tokenEnv]),
    ...(trusted || provenance === 'on' ? ACTIONS_VARIABLES : []),
  ],
  probe: probeSettings,
  pin: pinSettings,
  units: unitsOf,
  async assemble(unit, hub, io) {
    if (unit.role === 'pointer') throw new TagonceError('internal', `${unit.id} is a pointer and has no bytes`)
    const { path, digest } = await packed(unit, hub, io)
    return { path, digest }
  },
  observe: observeUnit,
  publish: publishUnit,
  verify: verifyUnit,
  retract: {
    plan: retractPlan,
    act: (step, io) => retractAct(step as NpmRetractStep, io),
  },
  instructions: instructionsOf,
  world: npmWorld,
}
