import type { Platform } from '../../core/platform.ts'

/** A target of a toolchain that is not Go's, in Go's words and its own. */
export interface LanguageTarget {
  platform: Platform
  /** What `binary` and hooks see of it: `Os` and `Arch` in the toolchain's words, `Abi`, `Vendor` … */
  fields: Record<string, string>
  /** Further facts for `artifacts.json`. */
  extra?: Record<string, string>
}

/** One run of a toolchain, everything rendered. */
export interface LanguageRun {
  tool: string
  command: string
  flags: string[]
  /** What is compiled; empty where the toolchain finds it by itself. */
  main: string
  target: string
  /** Where the binary shall be, absolute. */
  output: string
  /** Name of the binary, with extension. */
  file: string
  buildmode: string
}

/** How a toolchain is called. */
export interface LanguageCall {
  argv: string[]
  /** Where it leaves the binary, relative to the folder of the build; absent where it writes to `output` itself. */
  leaves?: string
  /** Commands that come before. */
  prepare?: string[][]
}

/** A toolchain that makes programs. Adding one is a file here, a line in languages.ts and one in the registry of builders. */
export interface Language {
  /** Word of `builds[].builder`. */
  name: string
  defaults: { tool: string; command: string; flags: string[]; targets: string[]; main: string }
  /** Whether a target is one of the toolchain's; `doubtful` ones are known not to compile everywhere. */
  validity(target: string): 'valid' | 'doubtful' | 'invalid'
  parse(target: string): LanguageTarget
  call(run: LanguageRun): LanguageCall
  /** It can't build several targets at once: they share a folder. */
  inTurn: boolean
}
