import type { Config } from '../../config/config.ts'
import { combinations } from '../resolve/matrix.ts'
import type { Finding, Job } from '../model.ts'
import { firstLine, rule } from './finding.ts'
import { releaseToolSteps } from './reach.ts'

interface Tool {
  name: string
  /** The key of the config that needs it. */
  key: 'chocolateys' | 'snapcrafts' | 'sboms' | 'signs' | 'upx'
  needed(config: Config): boolean
  /** Runners that have it already. */
  on?: RegExp
  /** What in a job brings it. */
  brought: RegExp
}

/** What GoReleaser runs for a key, and what a runner does not have (actions/runner-images lists what it has). */
const TOOLS: Tool[] = [
  {
    name: 'choco',
    key: 'chocolateys',
    needed: (config) => some(config.chocolateys),
    on: /windows/i,
    brought: /install[^\n]*choco|ghaction-chocolatey|setup-choco/i,
  },
  {
    name: 'snapcraft',
    key: 'snapcrafts',
    needed: (config) => some(config.snapcrafts),
    brought: /snapcraft|samuelmeuli\/action-snapcraft/i,
  },
  {
    name: 'syft',
    key: 'sboms',
    needed: (config) => (config.sboms ?? []).some((one) => (one?.cmd ?? 'syft') === 'syft'),
    brought: /syft|anchore\/sbom-action/i,
  },
  {
    name: 'cosign',
    key: 'signs',
    needed: (config) =>
      [...(config.signs ?? []), ...(config.docker_signs ?? [])].some((one) => one?.cmd === 'cosign') ||
      some(config.docker_signs?.filter((one) => one?.cmd === undefined)),
    brought: /cosign/i,
  },
  {
    name: 'upx',
    key: 'upx',
    needed: (config) => (config.upx ?? []).some((one) => String(one?.enabled) === 'true'),
    brought: /\bupx\b/i,
  },
]

function some(list: readonly unknown[] | undefined): boolean {
  return (list ?? []).length > 0
}

function commands(job: Job): string {
  return job.steps.flatMap((step) => [step.uses ?? '', step.run ?? '']).join('\n')
}

/** A tool that GoReleaser runs is on no runner and brought by no step. */
export const toolMissing = rule(
  {
    id: 'tool-missing',
    severity: 'error',
    summary: 'GoReleaser needs choco, snapcraft, syft, cosign or upx, and neither the runner nor a step has it.',
  },
  (input, say) => {
    const { config } = input
    if (config === undefined) return []
    const findings: Finding[] = []
    for (const { workflow, job, step } of releaseToolSteps(input, 'goreleaser')) {
      const runners = [job.runsOn, ...(combinations(job, {}) ?? []).map((one) => JSON.stringify(one['os'] ?? ''))].join(
        ' ',
      )
      for (const tool of TOOLS) {
        if (!tool.needed(config.loaded.config) || tool.brought.test(commands(job)) || tool.on?.test(runners) === true)
          continue
        if (/self-hosted/.test(runners) || job.steps.some((one) => one.run?.includes(`skip=${tool.key}`) === true))
          continue
        findings.push(
          say(
            `${tool.key} needs ${tool.name}, which ${job.runsOn} does not have and no step of ${job.id} brings`,
            config.loaded.positionOf([tool.key]) ?? firstLine(config.loaded.file),
            `add a step that installs ${tool.name}; tagonce needs none`,
            {
              evidence: [{ text: `${workflow.path}: ${step.name}`, where: step.where }],
            },
          ),
        )
      }
    }
    return findings
  },
)
