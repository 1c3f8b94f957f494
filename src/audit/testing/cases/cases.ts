import { EVENT_CASES } from './events.ts'
import { GORELEASER_CASES } from './goreleaser.ts'
import { RELEASE_CASES } from './release.ts'

/** Every fixture of a rule: findings and non-findings. */
export const CASES = [...EVENT_CASES, ...RELEASE_CASES, ...GORELEASER_CASES]
