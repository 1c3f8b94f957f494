/** What the release workflow is made of: all of it is read from the repository. */
export interface ReleaseFacts {
  /** `.github/workflows/goreleaser.yml`. */
  path: string
  /** Its `name:`. */
  name: string
  /** The config that is read. */
  config: string
  /** Version of tagonce that the workflow runs. */
  version: string
  /** What stands before the version in a tag: `v`, or nothing. */
  tagPrefix: string
  /** The go.mod that says which Go to use; absent where no Go is built. */
  goMod?: string
  /** Builders that are not Go: their tools come with the runner, or not at all. */
  otherBuilders: string[]
  /** Variable → its value in the workflow: `${{ secrets.NAME }}`. */
  env: Record<string, string>
  /** Scope → `write`, beside `contents: write`. */
  permissions: Record<string, 'write'>
  /** Whether mksquashfs is needed, for snaps. */
  squashfs: boolean
  /** `owner/name` of the hub. */
  hub: string
  channels: { spoke: string; entry: string; credentials: string[] }[]
}
