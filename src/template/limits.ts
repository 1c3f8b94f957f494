/*
 * A template is data from a repository that may not be trusted: it must end soon, within little memory.
 * The largest real templates (release notes) are a thousand times below these.
 */

/** Characters of any text that a template makes, its output among them. */
export const MAX_TEXT = 4 * 1024 * 1024
/** Nodes visited, plus a share for the size of what functions read and write. */
export const MAX_STEPS = 1_000_000
/** Templates, branches and loops within each other while they run. */
export const MAX_RUNNING = 1000
/** Templates within templates. */
export const MAX_CALLS = 200

/** Units of `effort` that count as one step. */
export const EFFORT_PER_STEP = 32
/**
 * Work that functions do out of proportion to their arguments (regular expressions, files): they add to it, the
 * evaluator looks at it after each call. One counter is enough, since a rendering is never interrupted.
 */
export const effort = { spent: 0 }
