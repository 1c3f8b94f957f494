import { placesOf, rule } from './finding.ts'

/** `git push --tags`: more than three new tags in one push give no event at all. */
export const manyTagsPush = rule(
  {
    id: 'many-tags-push',
    severity: 'warning',
    summary: 'A script or the docs push all tags at once: GitHub makes no event for more than three tags of one push.',
  },
  ({ snapshot }, say) =>
    snapshot.paths
      .filter((path) => /\.(md|sh|ps1|ya?ml|mk)$|(^|\/)(Makefile|justfile|package\.json|Taskfile\.ya?ml)$/.test(path))
      .filter((path) => !/(^|\/)(node_modules|vendor|archive|CHANGELOG)/.test(path))
      .flatMap((path) =>
        placesOf(path, snapshot.read(path) ?? '', /git push\b[^\n|;&]*\s--tags\b/).map(({ match, where }) =>
          say(
            `\`${match[0]}\` pushes every local tag`,
            where,
            'push the one tag: `git push origin v1.2.3`, or `git push --follow-tags`',
          ),
        ),
      ),
)
