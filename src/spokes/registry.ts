import { afters } from '../after/registry.ts'
import { aur, aurSource } from './aur/index.ts'
import { chocolatey } from './chocolatey/index.ts'
import { docker } from './docker/index.ts'
import { ko } from './docker/ko/index.ts'
import { dockerSigns } from './docker/signs/index.ts'
import { cask, homebrew } from './homebrew/index.ts'
import { krew } from './krew/index.ts'
import { nix } from './nix/index.ts'
import { npm } from './npm/index.ts'
import { pypi } from './pypi/index.ts'
import { scoop } from './scoop/index.ts'
import { snap } from './snap/index.ts'
import type { AnySpoke } from './spoke.ts'
import { winget } from './winget/index.ts'

/** Every package manager that can be fed. */
export const spokes: AnySpoke[] = [
  homebrew,
  cask,
  npm,
  docker,
  ko,
  dockerSigns,
  pypi,
  scoop,
  winget,
  krew,
  nix,
  aur,
  aurSource,
  chocolatey,
  snap,
  ...afters,
]
