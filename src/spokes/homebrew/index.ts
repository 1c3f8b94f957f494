import { withoutCredentials } from '../../external/git.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { gitSpoke, remotesOf, repositoriesOf } from '../shared/git-spoke.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import { parserProofread } from '../shared/proofread.ts'
import type { Instruction, Spoke } from '../spoke.ts'
import { checkCask, checkFormula } from './check.ts'
import { homebrewClient } from './client.ts'
import { probe } from './probe.ts'
import { resolveCasks } from './resolve-cask.ts'
import { resolveFormulas } from './resolve-formula.ts'
import { caskSettings, formulaSettings } from './settings.ts'
import type { CaskSettings, FormulaSettings, TapSettings } from './settings.ts'
import { versionIn } from './text.ts'
import { caskUnits, formulaUnits } from './unit.ts'
import type { TapUnit } from './unit.ts'

/** What formulas and casks do alike in their tap: also that both go into one commit. */
const tap = {
  ...gitSpoke('tap', versionIn),
  proofread: parserProofread('Ruby', ['ruby', '-c']),
  // The channel is GitHub itself: no server of its own.
  world: { client: homebrewClient, repositories: repositoriesOf, remotes: remotesOf },
} satisfies Partial<Spoke<TapSettings, TapUnit>>

/** Homebrew formulas: `brews`. */
export const homebrew: Spoke<FormulaSettings, TapUnit> = {
  ...tap,
  name: 'homebrew',
  settings: resolveFormulas,
  parse: (settings) => parseSettings(formulaSettings, 'homebrew', settings),
  check: checkFormula,
  probe: (settings, io) => probe('formula', settings, io),
  units: formulaUnits,
  instructions: (manifest, settings) => instructions(manifest, settings, ''),
}

/** Homebrew casks: `homebrew_casks`. */
export const cask: Spoke<CaskSettings, TapUnit> = {
  ...tap,
  name: 'cask',
  settings: resolveCasks,
  parse: (settings) => parseSettings(caskSettings, 'cask', settings),
  check: checkCask,
  probe: (settings, io) => probe('cask', settings, io),
  units: caskUnits,
  instructions: (manifest, settings) => instructions(manifest, settings, '--cask '),
}

/** Fully qualified: since Homebrew 6 that trusts this one item of a third party's tap (docs.brew.sh/Tap-Trust). */
function instructions(manifest: Manifest, settings: TapSettings, option: string): Instruction[] {
  const { owner, name } = settings.pullRequest ?? settings.repository
  const command = `brew install ${option}${owner}/${name.replace(/^homebrew-/, '')}/${settings.name}`
  const channel = 'Homebrew'
  const github = `${manifest.hub.download}/${owner}/${name}`
  const elsewhere = settings.git !== null && settings.git.url !== `${github}.git`
  if (name.startsWith('homebrew-') && !elsewhere) return [{ channel, command }]
  const url = elsewhere ? withoutCredentials(settings.git?.url ?? '') : github
  return [{ channel, command: `brew tap ${owner}/${name} ${url} && ${command}` }]
}
