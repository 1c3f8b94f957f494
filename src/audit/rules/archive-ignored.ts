import { firstLine, rule } from './finding.ts'

/** Workflows would be archived into a folder that git does not keep. */
export const archiveIgnored = rule(
  {
    id: 'archive-ignored',
    severity: 'error',
    summary: 'Workflows are to be archived, and the folder for them is git-ignored: they would be lost.',
  },
  ({ git, onTag, snapshot }, say) => {
    const [ignored] = git.ignored
    const toArchive = onTag.collisions.some((one) => one.kind === 'release')
    if (ignored === undefined || !toArchive) return []
    const file = snapshot.paths.includes('.gitignore') ? '.gitignore' : '.git/info/exclude'
    const lines = (snapshot.read(file) ?? '').split('\n')
    const at = lines.findIndex((line) => /^\/?archive/.test(line.trim()))
    return [
      say(
        `git ignores ${ignored}: what is moved there is lost with the next clone`,
        at === -1 ? firstLine(file) : { file, line: at + 1, column: 1 },
        'take the line out, or let `tagonce clean` choose another folder',
      ),
    ]
  },
)
