import { matchList } from '../workflow/patterns.ts'
import { rule, some } from './finding.ts'
import { releaseWorkflows } from './reach.ts'

const SAMPLES = ['v1', 'vv1.0.0', 'v1.0.0-test', 'vscode-1']

/** A tag filter that takes more than versions. */
export const looseTagPattern = rule(
  {
    id: 'loose-tag-pattern',
    severity: 'info',
    summary: 'The tag filter of a release workflow also takes tags that are no versions.',
  },
  (input, say) =>
    [...releaseWorkflows(input).keys()].flatMap((workflow) =>
      workflow.triggers.flatMap((trigger) => {
        if (trigger.event !== 'push' || trigger.tags === undefined) return []
        const { tags } = trigger
        const loose = [...new Set([...input.git.tags.map((tag) => tag.name), ...SAMPLES])].filter(
          (name) => !/^v?\d+\.\d+\.\d+(-(rc|beta|alpha|pre)[\w.]*)?$/.test(name) && matchList(tags, name).matches,
        )
        if (!loose.some((name) => SAMPLES.slice(0, 2).includes(name)) && loose.length < 2) return []
        return [
          say(
            `[${tags.join(', ')}] also takes ${some(loose, 4)}`,
            trigger.where,
            "write `tags: ['v[0-9]+.[0-9]+.[0-9]+', 'v[0-9]+.[0-9]+.[0-9]+-*']`",
          ),
        ]
      }),
    ),
)
