import type { Step } from '../model.ts'
import { rule } from './finding.ts'
import { reached } from './reach.ts'

/** Why a second run of a step fails, by what it runs; undefined where it does not. */
const SECOND: { test: (through: string, step: Step) => boolean; why: string; mend: string }[] = [
  {
    test: (through, step) =>
      through.startsWith('gh release create') &&
      !/\|\||gh release (view|delete|edit)|set \+e|continue-on-error/.test(step.run ?? ''),
    why: 'the release is there already',
    mend: 'look with `gh release view` first, or upload with `--clobber`',
  },
  {
    test: (through) => through.startsWith('actions/create-release'),
    why: 'GitHub answers 422: the release is there already',
    mend: 'use an action that is kept, or `tagonce release`',
  },
  {
    test: (through, step) => through.startsWith('twine upload') && !/--skip-existing/.test(step.run ?? ''),
    why: 'PyPI has the files already',
    mend: 'add `--skip-existing`',
  },
  {
    test: (through, step) =>
      through === 'pypa/gh-action-pypi-publish' &&
      step.with['skip-existing'] !== 'true' &&
      step.with['skip_existing'] !== 'true',
    why: 'PyPI has the files already',
    mend: 'add `skip-existing: true`',
  },
  {
    test: (through, step) =>
      /^(npm|pnpm|yarn|bun) publish/.test(through) && !/npm view|npm info|\|\|/.test(step.run ?? ''),
    why: 'the registry has the version already',
    mend: 'look with `npm view` first',
  },
  {
    test: (through, step) =>
      through.startsWith('cargo publish') && !/\|\||cargo search|cargo info/.test(step.run ?? ''),
    why: 'crates.io has the version already',
    mend: 'look whether the version is there first',
  },
]

/** A release that failed half way can not be run again: its first step fails, because it worked before. */
export const rerunUnsafe = rule(
  {
    id: 'rerun-unsafe',
    severity: 'warning',
    summary: 'A second run of the workflow fails at a step that worked the first time.',
  },
  (input, say) =>
    reached(input).flatMap(({ step, effects }) => {
      if (step.continueOnError) return []
      for (const effect of effects) {
        const found = SECOND.find((one) => one.test(effect.through, step))
        if (found !== undefined)
          return [
            say(
              `a second run of "${step.name}" fails: ${found.why}`,
              effect.where,
              `${found.mend}; \`tagonce release\` may always be run again`,
              { evidence: [{ text: effect.through }] },
            ),
          ]
      }
      return []
    }),
)
