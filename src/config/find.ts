import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where a config may lie, in GoReleaser's order (its cmd/config.go); the first one there is read. */
const CONFIG_FILES = [
  '.config/goreleaser.yml',
  '.config/goreleaser.yaml',
  '.goreleaser.yml',
  '.goreleaser.yaml',
  'goreleaser.yml',
  'goreleaser.yaml',
] as const

/** Every config of a folder, in that order, relative to it. */
export function findConfigs(root: string): string[] {
  // Asked one by one in this way, since an error for each that is not there takes milliseconds.
  return CONFIG_FILES.filter((file) => existsSync(join(root, file)))
}
