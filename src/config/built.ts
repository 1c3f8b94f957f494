import type { Position } from '../core/errors.ts'
import type { Config } from './config.ts'

/** Keys at the top of the config that are carried out today. Each new feature adds its own. */
export const BUILT: readonly string[] = [
  'version',
  'pro',
  'project_name',
  'env',
  'before',
  'builds',
  'archives',
  'checksum',
  'snapshot',
  'release',
  'brews',
  'homebrew_casks',
  'npms',
  'dist',
  'gomod',
  'metadata',
  'git',
  'github_urls',
  'changelog',
]

/** A key that is known, but not carried out yet: `release` stops at it, `--skip` passes over it. */
export interface Unsupported {
  key: string
  position: Position
}

/** The keys of a config that are known, but not carried out yet. */
export function unsupportedKeys(config: Config, positionOf: (path: [string]) => Position | undefined): Unsupported[] {
  return Object.keys(config).flatMap((key) => {
    const position = positionOf([key])
    return BUILT.includes(key) || position === undefined ? [] : [{ key, position }]
  })
}
