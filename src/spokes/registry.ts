import { cask, homebrew } from './homebrew/index.ts'
import { npm } from './npm/index.ts'
import type { AnySpoke } from './spoke.ts'

/** Every package manager that can be fed. */
export const spokes: AnySpoke[] = [homebrew, cask, npm]
