import { firstLine, rule } from './finding.ts'

/** What a shallow clone hides from the audit itself. */
export const shallowClone = rule(
  { id: 'shallow-clone', severity: 'info', summary: 'This clone is shallow, so tags and history are not seen whole.' },
  ({ git }, say) =>
    git.shallow
      ? [
          say(
            `this clone is shallow: the audit sees ${git.tags.length} tags, and no history before its first commit`,
            firstLine('.git'),
            'fetch all of it: `git fetch --unshallow --tags`',
          ),
        ]
      : [],
)
