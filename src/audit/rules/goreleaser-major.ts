import { actionName } from '../effects/actions.ts'
import type { Finding } from '../model.ts'
import { firstLine, placeInStep, rule } from './finding.ts'
import { releaseToolSteps } from './reach.ts'

/** The GoReleaser that the action brings reads another version of the config. */
export const goreleaserMajor = rule(
  {
    id: 'goreleaser-major',
    severity: 'error',
    summary: 'The action brings GoReleaser v1 and the config says `version: 2`, or the other way round.',
  },
  (input, say) => {
    const { config } = input
    if (config === undefined) return []
    const written = config.loaded.config.version ?? 0
    const findings: Finding[] = []
    for (const { workflow, step } of releaseToolSteps(input, 'goreleaser')) {
      const brought = majorOf(step.uses ?? '', step.with['version'])
      if (brought === undefined) continue
      const where = placeInStep(workflow.text, step, 'goreleaser-action@')
      const evidence = [
        {
          text: `version: ${written === 0 ? 'not written' : written}`,
          where: config.loaded.positionOf(['version']) ?? firstLine(config.loaded.file),
        },
      ]
      if (brought === 1 && written >= 2)
        findings.push(
          say(
            'this brings GoReleaser v1, which refuses a config with `version: 2`',
            where,
            'use goreleaser-action@v6 with `version: "~> v2"`',
            { evidence },
          ),
        )
      if (brought === 2 && written < 2)
        findings.push(
          say(
            'this brings GoReleaser v2, which refuses a config without `version: 2`',
            where,
            'write `version: 2` at the top of the config; `tagonce check --fix` mends the keys',
            { evidence },
          ),
        )
    }
    return findings
  },
)

/** `latest` of action v5 and before is v1; of v6 on, v2 (its release notes). */
function majorOf(uses: string, version: string | undefined): number | undefined {
  if (actionName(uses) !== 'goreleaser/goreleaser-action') return undefined
  const said = /^(?:~>\s*)?v?(\d+)(?:\.|$)/.exec(version?.trim() ?? '')?.[1]
  if (said !== undefined) return Number(said)
  const action = /@v(\d+)/.exec(uses)?.[1]
  if (version?.includes('${{') === true || version === 'nightly' || action === undefined) return undefined
  return Number(action) >= 6 ? 2 : 1
}
