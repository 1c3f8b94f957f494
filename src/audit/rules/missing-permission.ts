import type { Effect, Finding } from '../model.ts'
import { rule } from './finding.ts'
import { reached } from './reach.ts'

/** A step does what the token of its job may not do. */
export const missingPermission = rule(
  {
    id: 'missing-permission',
    severity: 'error',
    summary: 'A step needs a scope that its job does not grant to GITHUB_TOKEN.',
  },
  (input, say) => {
    const findings = new Map<string, Finding>()
    for (const { workflow, job, step, effects } of reached(input)) {
      const granted = job.permissions ?? workflow.permissions
      if (granted === undefined) continue
      for (const effect of effects) {
        for (const scope of scopesOf(effect, step.with)) {
          if (granted['*'] === 'write' || granted[scope] === 'write') continue
          findings.set(
            `${step.where.line} ${workflow.path} ${scope}`,
            say(
              `"${step.name}" needs \`${scope}: write\`, which ${job.permissions === undefined ? 'the workflow' : job.id} does not grant`,
              effect.where,
              `add \`${scope}: write\` to the \`permissions\` of ${job.id}`,
              {
                evidence: [
                  {
                    text: `granted: ${
                      Object.entries(granted)
                        .map((pair) => pair.join(': '))
                        .join(', ') || 'nothing'
                    }`,
                  },
                ],
              },
            ),
          )
        }
      }
    }
    return [...findings.values()]
  },
)

function scopesOf(effect: Effect, given: Record<string, string>): string[] {
  const own = effect.token === 'GITHUB_TOKEN'
  if (effect.kind === 'create-release' || effect.kind === 'upload-assets') return own ? ['contents'] : []
  if (effect.kind === 'push-tag' || effect.kind === 'push-commit') return own ? ['contents'] : []
  if (effect.kind === 'deploy' && effect.through === 'actions/deploy-pages') return ['pages', 'id-token']
  if (effect.kind !== 'publish') return []
  if (effect.channel === 'docker' && effect.name?.startsWith('ghcr.io/') === true && own && onlyGitHubToken(effect))
    return ['packages']
  // Without a password it can only be trusted publishing.
  if (effect.through === 'pypa/gh-action-pypi-publish' && !given['password']) return ['id-token']
  return []
}

function onlyGitHubToken({ secrets }: Effect): boolean {
  return secrets.every((name) => name === 'GITHUB_TOKEN' || !/GHCR|REGISTRY|PACKAGES|PAT\b|CR_/i.test(name))
}
