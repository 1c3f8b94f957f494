import type { Finding } from '../model.ts'
import { placesOf, rule } from './finding.ts'
import { jobText, releaseToolSteps } from './reach.ts'

/** Set on every runner (docs.github.com, "Variables reference"), or by the machine itself. */
const ALWAYS =
  /^(GITHUB_|RUNNER_|ACTIONS_)|^(CI|HOME|PATH|USER|PWD|SHELL|TMPDIR|TEMP|LANG|HOSTNAME|GORELEASER_CURRENT_TAG)$/

/** The config reads a variable that no step of the workflow sets. */
export const configEnvMissing = rule(
  {
    id: 'config-env-missing',
    severity: 'error',
    summary: 'The config reads `.Env.X`, and the step that runs the release has no X.',
  },
  (input, say) => {
    const { config } = input
    if (config === undefined) return []
    const { file, text } = config.loaded
    const own = new Set((config.loaded.config.env ?? []).map((one) => one.split('=')[0] ?? ''))
    const steps = releaseToolSteps(input)
    const findings = new Map<string, Finding>()
    for (const { match, where } of placesOf(file, text, /\.Env\.([A-Za-z_]\w*)/)) {
      const name = match[1] ?? ''
      const line = text.split('\n')[where.line - 1] ?? ''
      if (/^\s*#/.test(line) || own.has(name) || findings.has(name) || (ALWAYS.test(name) && name !== 'GITHUB_TOKEN'))
        continue
      // `isEnvSet`, `envOrDefault` and `index .Env` ask before they read.
      if (new RegExp(`(isEnvSet|envOrDefault)\\s+"${name}"`).test(line)) continue
      const without = steps.filter(({ workflow, job, step }) => {
        if (name in { ...workflow.env, ...job.env, ...step.env }) return false
        if (new RegExp(`\\b${name}=`).test(step.run ?? '')) return false
        const before = jobText({ ...job, steps: job.steps.slice(0, step.index) })
        return !(/GITHUB_ENV/.test(before) && before.includes(name))
      })
      if (without.length === 0) continue
      findings.set(
        name,
        say(
          `the config reads .Env.${name}, which ${without[0]?.workflow.path} does not set`,
          where,
          `set ${name} in the \`env\` of the step`,
          {
            evidence: without.map(({ workflow, step }) => ({
              text: `${workflow.path}: ${step.name} has no ${name}`,
              where: step.where,
            })),
          },
        ),
      )
    }
    return [...findings.values()]
  },
)
