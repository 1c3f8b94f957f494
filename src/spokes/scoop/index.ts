import { gitSpoke, remotesOf, repositoriesOf } from '../shared/git-spoke.ts'
import type { GitUnit } from '../shared/git-unit.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import { schemaProofread } from '../shared/proofread.ts'
import type { Spoke } from '../spoke.ts'
import { checkScoop } from './check.ts'
import { scoopClient, scoopSchema } from './client.ts'
import { probeScoop } from './probe.ts'
import { resolveScoops } from './resolve.ts'
import { scoopSettings, type ScoopSettings } from './settings.ts'
import { versionIn } from './text.ts'
import { scoopUnits } from './unit.ts'

/** Scoop: `scoops`. The channel is GitHub itself: no server of its own. */
export const scoop: Spoke<ScoopSettings, GitUnit> = {
  ...gitSpoke('scoop', versionIn),
  name: 'scoop',
  settings: resolveScoops,
  parse: (settings) => parseSettings(scoopSettings, 'scoop', settings),
  check: checkScoop,
  proofread: schemaProofread(scoopSchema),
  probe: probeScoop,
  units: scoopUnits,
  instructions(manifest, { name, repository }) {
    const bucket = repository.name.replace(/^scoop-/, '')
    const url = `${manifest.hub.download}/${repository.owner}/${repository.name}`
    return [{ channel: 'Scoop', command: `scoop bucket add ${bucket} ${url} && scoop install ${bucket}/${name}` }]
  },
  world: { client: scoopClient, repositories: repositoriesOf, remotes: remotesOf },
}
