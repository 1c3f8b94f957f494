import { goPlatforms, otherBuilders, overridesNameTargets, pythonTarget, targetsAlone } from './builds.ts'
import { koSbom, mcpGithub, nfpmMaintainer } from './deprecated-values.ts'
import { configVersion, emptyConfig, envEntries, oneHub } from './general.ts'
import { duplicateIds, unknownIds } from './ids.ts'
import { caskDirectory, dockersPhasedOut, koBuilds, requiredKeys, sbomDocuments } from './packages.ts'
import type { Rule } from './rule.ts'

/** Every rule, in no particular order: diagnostics are sorted by place. */
export const RULES: readonly Rule[] = [
  emptyConfig,
  configVersion,
  oneHub,
  envEntries,
  duplicateIds,
  unknownIds,
  goPlatforms,
  targetsAlone,
  overridesNameTargets,
  otherBuilders,
  pythonTarget,
  requiredKeys,
  sbomDocuments,
  koBuilds,
  koSbom,
  nfpmMaintainer,
  mcpGithub,
  dockersPhasedOut,
  caskDirectory,
]
