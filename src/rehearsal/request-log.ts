import { appendFileSync, readFileSync } from 'node:fs'

/** One request that reached the local world; one line of `requests.ndjson`. */
export interface LoggedRequest {
  /** ISO 8601, UTC, when it arrived. */
  at: string
  method: string
  /** Public host that was asked for. */
  host: string
  /** Path and query. */
  path: string
  /** 0 when the connection was cut instead of answered. */
  status: number
  /** Whether it could change something. */
  mutating: boolean
  who: 'tagonce' | 'client'
  ms: number
  /** The fault that met it, in a test. */
  fault?: string
  /** A defect of the local world itself, with its stack. */
  error?: string
}

/** A connection that the proxy refused, or whose TLS failed; one line of `refusals.ndjson`. */
export interface Refusal {
  at: string
  host: string
  reason: string
}

/** An API request with its answer, as recorded for `checkAgainstOpenApi`; one line of `exchanges.ndjson`. */
export interface Exchange {
  method: string
  host: string
  path: string
  contentType: string
  /** Parsed JSON, where it was JSON. */
  body?: unknown
  status: number
  answerType: string
  answer?: unknown
}

/** Appends a line; whole lines of earlier processes stay. */
export function appendLine(file: string, value: LoggedRequest | Refusal | Exchange): void {
  appendFileSync(file, `${JSON.stringify(value)}\n`)
}

/** All lines of a file, `[]` when there is none. A last line that was cut by a kill is left out. */
export function readLines<T>(file: string): T[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}
