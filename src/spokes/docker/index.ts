import type { Spoke } from '../spoke.ts'
import { assembled } from './assemble.ts'
import { checkSettings } from './check.ts'
import { observeUnit } from './observe.ts'
import { pinSettings } from './pins.ts'
import { probeSettings } from './probe.ts'
import { publishUnit } from './publish.ts'
import { resolveSettings } from './resolve.ts'
import { retractAct, retractPlan } from './retract.ts'
import { parseSettings } from './settings.ts'
import type { DockerSettings } from './settings.ts'
import { snapshotImages } from './snapshot.ts'
import { unitsOf } from './units.ts'
import type { DockerUnit } from './units.ts'
import { verifyUnit } from './verify.ts'
import { dockerWorld } from './world.ts'

/** Images: `dockers`, `docker_manifests` and `dockers_v2`, made without Docker and pushed to any OCI registry. */
export const docker: Spoke<DockerSettings, DockerUnit> = {
  name: 'docker',
  settings: resolveSettings,
  parse: parseSettings,
  check: checkSettings,
  // A login may lie in a variable, or where docker login put it: the probe looks.
  credentials: () => [],
  probe: probeSettings,
  pin: pinSettings,
  units: unitsOf,
  async assemble(unit, hub, io) {
    const { root } = await assembled(unit.settings, hub, io)
    return { path: io.folder, digest: root.digest }
  },
  snapshot: snapshotImages,
  observe: observeUnit,
  publish: publishUnit,
  verify: verifyUnit,
  retract: { plan: retractPlan, act: retractAct },
  instructions: (manifest, settings) => {
    const units = unitsOf(manifest, settings)
    const first = units.find((one) => one.pointer === undefined)
    const shown = first ?? units[0]
    return shown === undefined ? [] : [{ channel: 'Docker', command: `docker pull ${shown.name.text}` }]
  },
  world: dockerWorld,
}
