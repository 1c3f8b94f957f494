import { parseSettings } from '../shared/parse-settings.ts'
import { schemaProofread } from '../shared/proofread.ts'
import type { Spoke } from '../spoke.ts'
import { checkChocolatey } from './check.ts'
import { observeUnit, verifyUnit } from './observe.ts'
import { packed } from './pack.ts'
import { probeChocolatey } from './probe.ts'
import { publishUnit } from './publish.ts'
import { resolveChocolateys } from './resolve.ts'
import { type ChocolateyRetractStep, retractAct, retractPlan } from './retract.ts'
import { nuspecSchema } from './schema.ts'
import { chocolateySettings, type ChocolateySettings } from './settings.ts'
import { chocolateyUnits, type ChocolateyUnit } from './unit.ts'
import { chocolateyWorld } from './world.ts'

/** Chocolatey: `chocolateys`. The package is made by us; the feed is spoken to by NuGet's protocol. */
export const chocolatey: Spoke<ChocolateySettings, ChocolateyUnit> = {
  name: 'chocolatey',
  settings: resolveChocolateys,
  parse: (settings) => parseSettings(chocolateySettings, 'chocolatey', settings),
  check: checkChocolatey,
  proofread: schemaProofread(nuspecSchema),
  credentials: ({ keyEnv }) => (keyEnv === '' ? [] : [keyEnv]),
  probe: probeChocolatey,
  units: chocolateyUnits,
  async assemble(unit, hub, io) {
    const { path, digest } = await packed(unit, hub, io)
    return { path, digest }
  },
  observe: observeUnit,
  publish: publishUnit,
  verify: verifyUnit,
  retract: { plan: retractPlan, act: (step, io) => retractAct(step as ChocolateyRetractStep, io) },
  instructions: (manifest, { name }) => {
    const version = manifest.prerelease ? ` --version ${manifest.version} --pre` : ''
    return [{ channel: 'Chocolatey', command: `choco install ${name}${version}` }]
  },
  world: chocolateyWorld,
}
