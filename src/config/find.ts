import { access } from 'node:fs/promises'
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
export async function findConfigs(root: string): Promise<string[]> {
  const found = await Promise.all(
    CONFIG_FILES.map((file) =>
      access(join(root, file)).then(
        () => [file],
        () => [],
      ),
    ),
  )
  return found.flat()
}
