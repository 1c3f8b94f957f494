import { gitSpoke, remotesOf, repositoriesOf } from '../shared/git-spoke.ts'
import type { GitUnit } from '../shared/git-unit.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import { schemaProofread } from '../shared/proofread.ts'
import type { Spoke } from '../spoke.ts'
import { checkKrew } from './check.ts'
import { krewClient, krewSchema } from './client.ts'
import { resolveKrews } from './resolve.ts'
import { krewSettings, type KrewSettings } from './settings.ts'
import { versionIn } from './text.ts'
import { krewUnits } from './unit.ts'

/** Krew: `krews`. The channel is GitHub itself: no server of its own. */
export const krew: Spoke<KrewSettings, GitUnit> = {
  ...gitSpoke('krew', versionIn),
  name: 'krew',
  settings: resolveKrews,
  parse: (settings) => parseSettings(krewSettings, 'krew', settings),
  check: checkKrew,
  proofread: schemaProofread(krewSchema),
  units: krewUnits,
  instructions(manifest, { name, repository, pullRequest }) {
    const { owner, name: index } = pullRequest ?? repository
    const channel = 'Krew'
    if (`${owner}/${index}` === 'kubernetes-sigs/krew-index')
      return [{ channel, command: `kubectl krew install ${name}` }]
    const url = `${manifest.hub.download}/${owner}/${index}`
    return [{ channel, command: `kubectl krew index add ${owner} ${url} && kubectl krew install ${owner}/${name}` }]
  },
  world: { client: krewClient, repositories: repositoriesOf, remotes: remotesOf },
}
