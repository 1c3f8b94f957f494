import { redact } from './secrets.ts'

/** Where in a file something is, as an editor counts: lines and columns from 1. */
export interface Position {
  file: string
  line: number
  column: number
  /** How many characters the caret underlines; 1 when absent. */
  length?: number
}

/** One thing that is wrong, said once: what, where, why it matters, how to mend it. */
export interface Diagnostic {
  severity: 'error' | 'warning' | 'info'
  /** Stable, kebab-case: `unknown-key`, `missing-credential`. */
  code: string
  message: string
  where?: Position
  /** How to mend it, in one sentence or a command. */
  mend?: string
}

/**
 * The exit codes of the program, documented in docs/exit-codes.md.
 * `check` keeps GoReleaser's own: 0 valid, 1 invalid, 2 valid but deprecated.
 */
export const ExitCode = {
  ok: 0,
  /** Something has to be mended first: config, credentials, a failing build. */
  failed: 1,
  /** The config is valid, but uses deprecated keys (`check` only). */
  deprecated: 2,
  /** The command line itself is wrong. */
  usage: 64,
  /** Nothing to mend: a channel was down, or the answer is not there yet. Run the same command again. */
  again: 75,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** What went wrong, for programs; every code maps to one exit code. */
export type ErrorCode =
  | 'usage'
  | 'config'
  | 'source'
  | 'template'
  | 'plan'
  | 'tool-missing'
  | 'build'
  | 'pack'
  | 'manifest'
  | 'hub'
  | 'spoke'
  | 'credentials'
  | 'network'
  | 'rate-limit'
  | 'disk'
  | 'audit'
  | 'interrupted'
  | 'internal'

/** The one error type. The message and the hint are redacted here, so no secret travels in an error. */
export class TagonceError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly diagnostics: Diagnostic[]
  /** Output of a tool that failed, shown as it came (redacted). */
  readonly output: string | undefined

  constructor(
    code: ErrorCode,
    message: string,
    more: { hint?: string; cause?: unknown; diagnostics?: Diagnostic[]; output?: string } = {},
  ) {
    super(redact(message), more.cause === undefined ? {} : { cause: more.cause })
    this.name = 'TagonceError'
    this.code = code
    this.hint = more.hint === undefined ? undefined : redact(more.hint)
    this.diagnostics = (more.diagnostics ?? []).map((one) => ({ ...one, message: redact(one.message) }))
    this.output = more.output === undefined ? undefined : redact(more.output)
  }

  get exitCode(): ExitCode {
    if (this.code === 'usage') return ExitCode.usage
    if (this.code === 'interrupted') return ExitCode.interrupted
    if (this.code === 'network' || this.code === 'rate-limit') return ExitCode.again
    return ExitCode.failed
  }
}

/** Throws all problems at once, when there is an error among them. */
export function throwIfErrors(code: ErrorCode, message: string, diagnostics: Diagnostic[]): void {
  if (diagnostics.some((one) => one.severity === 'error')) throw new TagonceError(code, message, { diagnostics })
}
