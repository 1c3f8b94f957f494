import type { Artifact } from '../core/artifact.ts'
import type { Task } from '../core/events.ts'
import type { Observation } from '../core/states.ts'
import type { Manifest } from '../manifest/manifest.ts'

/** A file to be stored in the hub. */
export interface HubFile {
  name: string
  /** Absolute path on this machine. */
  path: string
  size: number
  sha256: string
  contentType: string
}

/** What a release needs besides its files. */
export interface ReleaseText {
  tag: string
  commit: string
  title: string
  /** The whole body, Markdown. */
  body: string
  draft: boolean
  prerelease: boolean
  makeLatest: 'true' | 'false' | 'auto'
  mode: 'keep-existing' | 'append' | 'prepend' | 'replace'
  /** The tag is ours and goes where this commit is (a nightly's); `replace`: its release for another commit is taken away first. */
  moving?: { replace: boolean }
  /** Category of the discussion that is opened when it becomes public. */
  discussion?: string
}

/** Read side: what every spoke gets. Bytes are verified against the manifest before anyone sees them. */
export interface HubReader {
  readonly manifest: Manifest
  /** The public URL of an asset, as it goes into content. */
  address(name: string): string
  /** Downloads an asset, checks size and sha256, and gives its path in a private folder. Cached within a run. */
  file(name: string): Promise<string>
  /** The bytes of a binary inside an archive (or of a bare binary), checked against the manifest; path in a private folder. */
  binary(artifact: Artifact, pathInside: string): Promise<string>
}

/** The one release that holds the artifacts. Written once, by one writer. */
export interface Hub {
  /**
   * What stands there now for the tag, judged by the manifest that lies there: absent, partial (files lacking), staged (a
   * complete draft), live, mismatch, blocked (immutable and incomplete), unknown (no definite answer). Reads only.
   */
  observe(tag: string): Promise<Observation>
  /**
   * Draft → upload what lacks → read back and compare → publish once. May be repeated; equal files are never sent again.
   * Gives live, or staged when a draft was asked for; mismatch and blocked where the world cannot be mended, with both
   * digests or what is missing in the reason. Throws what can be: credentials, limits, a dead network, a missing tag.
   */
  store(text: ReleaseText, files: HubFile[], task: Task): Promise<Observation>
  /** The sealed manifest of a tag, validated. Error when the release is a draft or has none. */
  read(tag: string): Promise<HubReader>
}
