import type { ChannelFeed } from '../channels/feed.ts'
import type { PlannedConfig } from '../repository/planned.ts'
import type { Explanation, Finding, Workflow } from '../model.ts'
import type { Snapshot } from '../repository/snapshot.ts'
import type { RepositoryFacts } from '../resolve/contexts.ts'

/** Everything a rule may look at; all of it is read already, so rules are pure. */
export interface AuditInput {
  /** The version tag that would be pushed next: `v2.0.1`. */
  tag: string
  /** Root of the repository on this disk. */
  top: string
  snapshot: Snapshot
  workflows: Workflow[]
  facts: RepositoryFacts
  /** What the push of the next version tag would run. */
  onTag: Explanation
  /** The same for the other ways a release is started: `release` published, `workflow_dispatch`. */
  onRelease: Explanation
  onDispatch: Explanation
  /** The GoReleaser config that is read, with the plan of the next version; absent where there is none. */
  config?: PlannedConfig
  channels: ChannelFeed[]
  git: GitFacts
  /** What `go list` says of each main package, where Go is there. */
  goPackages?: GoPackage[]
}

/** A main package as Go sees it for one target. */
export interface GoPackage {
  /** As in the plan: `cmd/hello`. */
  main: string
  /** `linux_amd64`. */
  target: string
  /** Package name; empty where there is none. */
  name: string
  /** Its files for this target, relative to the root. */
  files: string[]
  error?: string
}

/** What git says beyond the files. */
export interface GitFacts {
  /** All tags, oldest first, with their commits; lightweight or annotated. */
  tags: { name: string; commit: string; annotated: boolean; onBranch: boolean }[]
  /** The commit's message, for skip markers. */
  headMessage: string
  /** Tags at HEAD. */
  headTags: string[]
  /** Paths that git would ignore, of those that were asked for: `archive/workflows/x.yml`. */
  ignored: string[]
  shallow: boolean
}

/** One thing that goes wrong with releases, in a file of its own with its test. */
export interface Rule {
  /** Kebab-case; what is silenced in tagonce.yaml. */
  id: string
  severity: Finding['severity']
  /** One sentence for the docs. */
  summary: string
  check(input: AuditInput): Finding[]
}
