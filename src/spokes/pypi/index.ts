import { TagonceError } from '../../core/errors.ts'
import { ACTIONS_VARIABLES } from '../shared/workflow-identity.ts'
import type { Spoke } from '../spoke.ts'
import { checkSettings } from './check.ts'
import { instructionsOf } from './instructions.ts'
import { observeUnit, verifyUnit } from './observe.ts'
import { packed } from './pack.ts'
import { probeSettings } from './probe.ts'
import { publishUnit } from './publish.ts'
import { resolveSettings } from './resolve.ts'
import { retractAct, retractPlan } from './retract.ts'
import type { PypiRetractStep } from './retract.ts'
import { parseSettings } from './settings.ts'
import type { PypiSettings } from './settings.ts'
import { unitsOf } from './units.ts'
import type { PypiUnit } from './units.ts'
import { pypiWorld } from './world.ts'

/** PyPI: a wheel per platform with the program inside, or one small wheel that fetches it from the hub. */
export const pypi: Spoke<PypiSettings, PypiUnit> = {
  name: 'pypi',
  settings: resolveSettings,
  parse: parseSettings,
  check: checkSettings,
  credentials: (settings) => (settings.trusted ? [...ACTIONS_VARIABLES] : [settings.tokenEnv]),
  probe: probeSettings,
  units: unitsOf,
  async assemble(unit, hub, io) {
    if (unit.role === 'pointer') throw new TagonceError('internal', `${unit.id} is a pointer and has no bytes`)
    const { path, sha256 } = await packed(unit, hub, io)
    return { path, digest: `sha256:${sha256}` }
  },
  observe: observeUnit,
  publish: publishUnit,
  verify: verifyUnit,
  retract: {
    plan: retractPlan,
    act: (step, io) => retractAct(step as PypiRetractStep, io),
  },
  instructions: instructionsOf,
  world: pypiWorld,
}
