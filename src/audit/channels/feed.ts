import type { Position } from '../../core/errors.ts'

/** Who publishes to a channel. */
export interface Publisher {
  workflow: string
  job: string
  step: string
  /** Action, command or script that does it. */
  through: string
  where: Position
}

/** One file that a wrapper, a formula or a manifest of the repository asks the hub for. */
export interface WantedFile {
  /** `linux-x64`, `amd64`, or empty where the file says none. */
  key: string
  /** The file name, or the path below `releases/download/`, with the version filled in. */
  wanted: string
  /** What the config will make for it: the same name, or the one that is meant; absent where there is none. */
  planned?: string
  where: Position
}

/** How a channel gets its bytes. */
export interface ChannelFeed {
  /** `npm`, `homebrew`, … */
  channel: string
  /** Package, image or tap, where it is said. */
  name?: string
  state: 'hub-fed' | 'rebuilds' | 'own bytes' | 'url-mismatch'
  reason: string
  publishers: Publisher[]
  /** Wrapper files of this channel, each entry beside the planned artifact. */
  files: WantedFile[]
}
