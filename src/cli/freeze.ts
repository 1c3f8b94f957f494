import { freezeCommand as freeze, thawCommand as thaw } from '../commands/freeze.ts'
import { ExitCode } from '../core/errors.ts'
import { formatDiagnostic } from '../report/diagnostic.ts'
import type { Context } from './context.ts'
import { githubOf, hasGitHubToken } from './github.ts'

/** `tagonce freeze`: no more version tags until the audit is clean. */
export async function freezeCommand(context: Context): Promise<ExitCode> {
  const { root, env, signal, reporter } = context
  const frozen = await freeze({ root, env, signal, ...github(context) })
  if (reporter.json) {
    reporter.print(JSON.stringify(frozen, null, 2))
    return ExitCode.ok
  }
  for (const { rule, severity, message, where, mend } of frozen.errors) {
    reporter.complain([...formatDiagnostic({ code: rule, severity, message, where, mend }, root, reporter.paint), ''])
  }
  const { hook, errors } = frozen
  const out = [
    `hook: ${hook.path}${hook.chained ? ' (the hook that was there runs after it)' : ''}`,
    ...(hook.shared ? ['this folder of hooks is used by other repositories, too; there the hook does nothing'] : []),
    `ruleset on GitHub: ${frozen.ruleset}`,
    errors.length === 0
      ? 'the audit has no errors: version tags pass, until it has'
      : `frozen: no version tag leaves until ${errors.length === 1 ? 'this error is' : `these ${errors.length} errors are`} mended`,
  ]
  reporter.print(out.join('\n'))
  return ExitCode.ok
}

/** `tagonce thaw`: the freeze is lifted. */
export async function thawCommand(context: Context): Promise<ExitCode> {
  const { root, env, signal, reporter } = context
  const thawed = await thaw({ root, env, signal, ...github(context) })
  const words = {
    removed: 'the hook is gone',
    restored: 'the hook that was there before stands in its place again',
    left: `the hook stays in ${thawed.path}, for other repositories use that folder; here it does nothing any more`,
    none: 'there was no hook of tagonce',
  }
  if (reporter.json) reporter.print(JSON.stringify(thawed, null, 2))
  else {
    const rulesets = thawed.rulesets === 0 ? [] : ['the ruleset on GitHub is gone']
    reporter.print([words[thawed.hook], ...rulesets, 'version tags may be pushed again'].join('\n'))
    if (!hasGitHubToken(context))
      reporter.print('a ruleset on GitHub, if there is one, needs GITHUB_TOKEN to be lifted')
  }
  return ExitCode.ok
}

function github(context: Context): { github?: ReturnType<typeof githubOf> } {
  return hasGitHubToken(context) ? { github: githubOf(context, { anonymous: false }) } : {}
}
