/** What git says. Plain data; read once by `inspect`, passed everywhere. Dates are ISO 8601 in UTC. */
export interface Source {
  /** `v1.2.3`; `v0.0.0` where a snapshot has no tag. */
  tag: string
  /** What the tag begins with where a repository has several projects; the tags here have it. */
  tagPrefix?: string
  /** The tag without its leading `v`, or the snapshot's version. */
  version: string
  /** The tag's own version, also in a snapshot. */
  rawVersion: string
  previousTag: string
  branch: string
  commit: string
  shortCommit: string
  /** Committer date; the time of every file the release makes. */
  commitDate: string
  /** Seconds since the epoch; `SOURCE_DATE_EPOCH` overrides it. */
  commitTimestamp: number
  firstCommit: string
  /** `git describe` of the commit. */
  summary: string
  tagSubject: string
  tagContents: string
  tagBody: string
  /** URL of the remote, credentials removed; empty when there is none. */
  url: string
  dirty: boolean
  /** What makes it dirty, as `git status --porcelain` lines. */
  changes: string[]
  snapshot: boolean
  /** A nightly build: the commit is not that of the tag, and the version is a template's. */
  nightly?: boolean
  /** All zero where the tag is no version (`semverValid` is false then). */
  semver: { major: number; minor: number; patch: number; prerelease: string; metadata: string }
  /** Whether the tag reads as a version; absent = yes. */
  semverValid?: boolean
  /** The commit that the tag names; empty where there is no such tag. */
  tagCommit?: string
  /** All tags on the commit, as git sorts them. */
  tagsHere?: string[]
  /** How the tag was chosen: by GORELEASER_CURRENT_TAG, by the CI's ref, as the first on the commit, or as the last one before it. */
  tagFrom?: 'env' | 'ref' | 'commit' | 'history' | 'none'
  /** Whether history is cut off (`git clone --depth`). */
  shallow?: boolean
}
