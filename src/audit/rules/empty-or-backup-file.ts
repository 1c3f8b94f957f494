import { firstLine, rule } from './finding.ts'

const BACKUP = /\.(backup|bak|old|orig|disabled|off|save|tmp|copy|\d+)$|~$|\.ya?ml\.[\w.-]+$/i

/** Files that lie among the workflows and are none. */
export const emptyOrBackupFile = rule(
  {
    id: 'empty-or-backup-file',
    severity: 'warning',
    summary: 'An empty file or a backup lies in .github/workflows.',
  },
  ({ snapshot }, say) =>
    snapshot.paths
      .filter((path) => path.startsWith('.github/workflows/'))
      .flatMap((path) => {
        const text = snapshot.read(path)
        const size = text === undefined ? '' : `${text.length} characters`
        if (text?.trim() === '' && /\.ya?ml$/.test(path)) {
          return [say(`${path} is empty: each push makes a failed run of it`, firstLine(path), 'delete it')]
        }
        if (!BACKUP.test(path)) return []
        const inside = ['goreleaser', 'npm publish', 'twine upload', 'gh release', 'docker push', 'choco push'].filter(
          (word) => text?.includes(word),
        )
        return [
          say(
            `${path} is a backup that nothing runs`,
            firstLine(path),
            'git keeps old versions: delete it, or move it to an archive',
            {
              evidence: [{ text: [size, ...inside].join(', ') }],
            },
          ),
        ]
      }),
)
