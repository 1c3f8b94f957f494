import { firstLine, rule } from './finding.ts'

/** The commit that would be tagged says `[skip ci]`: the tag starts nothing. */
export const skipCiTag = rule(
  {
    id: 'skip-ci-tag',
    severity: 'error',
    summary: 'The commit to be tagged has a skip marker in its message, so the pushed tag starts no workflow.',
  },
  ({ onTag, git }, say) => {
    const held = onTag.workflows.filter((one) => one.state === 'suppressed' && /message/.test(one.reason))
    const [first] = held
    if (first === undefined) return []
    return [
      say(
        `a tag on this commit starts nothing: ${first.reason}`,
        firstLine(first.path),
        'tag a commit without the marker: `git commit --allow-empty`',
        {
          evidence: [
            { text: git.headMessage.split('\n')[0] ?? '' },
            ...held.map((one) => ({ text: one.path, where: one.where })),
          ],
        },
      ),
    ]
  },
)
