import type { Rule } from './rule.ts'
import { tagCollision } from './tag-collision.ts'

/** Every rule of `tagonce audit`, in the order of the docs. */
export const RULES: Rule[] = [tagCollision]
