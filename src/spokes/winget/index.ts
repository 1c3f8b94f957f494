import { gitSpoke, remotesOf, repositoriesOf } from '../shared/git-spoke.ts'
import type { GitUnit } from '../shared/git-unit.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import { schemaProofread } from '../shared/proofread.ts'
import type { Spoke } from '../spoke.ts'
import { checkWinget } from './check.ts'
import { wingetClient, wingetSchema } from './client.ts'
import { resolveWingets } from './resolve.ts'
import { wingetSettings, type WingetSettings } from './settings.ts'
import { versionIn } from './text.ts'
import { wingetUnits } from './unit.ts'

/** winget: `winget`. The channel is GitHub itself: no server of its own. */
export const winget: Spoke<WingetSettings, GitUnit> = {
  ...gitSpoke('winget', versionIn),
  name: 'winget',
  settings: resolveWingets,
  parse: (settings) => parseSettings(wingetSettings, 'winget', settings),
  check: checkWinget,
  proofread: schemaProofread(wingetSchema),
  units: wingetUnits,
  instructions: (_manifest, { packageIdentifier }) => [
    { channel: 'winget', command: `winget install --id ${packageIdentifier} --exact` },
  ],
  world: { client: wingetClient, repositories: repositoriesOf, remotes: remotesOf },
}
