import type { Position } from '../../core/errors.ts'
import { firstLine } from './finding.ts'
import type { AuditInput } from './rule.ts'

/** A channel of the config that is written to another repository. */
export interface RepositoryEntry {
  key: string
  name: string
  owner: string
  repo: string
  token: string
  where: Position
}

const KEYS = ['brews', 'homebrew_casks', 'scoops', 'winget', 'krews', 'nix'] as const

/** Taps, buckets and forks of the config that are pushed over GitHub's API, by owner and name. */
export function repositoryEntries({ config }: AuditInput): RepositoryEntry[] {
  if (config === undefined) return []
  const { loaded, plan } = config
  return KEYS.flatMap((key) =>
    (loaded.config[key] ?? []).flatMap((entry, index) => {
      const repository = entry?.repository
      if (repository === undefined || repository.name === undefined || repository.git?.url !== undefined) return []
      if (entry?.skip_upload === true || String(entry?.skip_upload) === 'true') return []
      return [
        {
          key,
          name: entry?.name ?? plan.project,
          owner: repository.owner ?? plan.hub.owner,
          repo: repository.name,
          token: repository.token ?? '',
          where: loaded.positionOf([key, index, 'repository']) ?? firstLine(loaded.file),
        },
      ]
    }),
  )
}

/** Where a piece of text stands in the config; its first line where it does not. */
export function placeInConfig(config: NonNullable<AuditInput['config']>, pattern: RegExp): Position {
  const { file, text } = config.loaded
  const lines = text.split('\n')
  const at = lines.findIndex((line) => pattern.test(line))
  return at === -1 ? firstLine(file) : { file, line: at + 1, column: (lines[at] ?? '').search(pattern) + 1 }
}
