import type { Manifest } from '../../manifest/manifest.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import { parserProofread } from '../shared/proofread.ts'
import type { Instruction, Spoke } from '../spoke.ts'
import { observe, oneCommit, verify } from './channel.ts'
import { checkCask, checkFormula } from './check.ts'
import { homebrewClient } from './client.ts'
import { probe } from './probe.ts'
import { resolveCasks } from './resolve-cask.ts'
import { resolveFormulas } from './resolve-formula.ts'
import { actRetract, planRetract } from './retract.ts'
import type { TapRetractStep } from './retract.ts'
import { caskSettings, formulaSettings } from './settings.ts'
import type { CaskSettings, FormulaSettings, TapSettings } from './settings.ts'
import { caskUnits, formulaUnits } from './unit.ts'
import type { TapUnit } from './unit.ts'

/** What formulas and casks do alike in their tap. */
const tap = {
  proofread: parserProofread('Ruby', ['ruby', '-c']),
  credentials: (settings: TapSettings) => [settings.repository.tokenEnv],
  observe: (unit, _hub, io) => observe(unit, io),
  publish: (unit, seen, hub, io) => oneCommit.publish([{ unit, seen }], hub, io),
  together: oneCommit,
  verify,
  retract: { plan: planRetract, act: (step, io) => actRetract(step as TapRetractStep, io) },
  // The channel is GitHub itself: no server of its own.
  world: {
    client: homebrewClient,
    repositories: (settings) => {
      const { owner, name } = (settings as TapSettings).repository
      return name === '' ? [] : [`${owner}/${name}`]
    },
  },
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
  const { owner, name } = settings.repository
  const command = `brew install ${option}${owner}/${name.replace(/^homebrew-/, '')}/${settings.name}`
  const channel = 'Homebrew'
  if (name.startsWith('homebrew-')) return [{ channel, command }]
  const url = `${manifest.hub.download}/${owner}/${name}`
  return [{ channel, command: `brew tap ${owner}/${name} ${url} && ${command}` }]
}
