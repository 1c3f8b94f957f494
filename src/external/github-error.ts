import { RequestError } from '@octokit/request-error'
import { TagonceError } from '../core/errors.ts'

/** One entry of `errors` in GitHub's 422 answers. */
interface ErrorEntry {
  resource?: string
  field?: string
  code?: string
  message?: string
}

/** The HTTP status behind an error of the GitHub client; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const cause = error instanceof TagonceError ? error.cause : error
  return cause instanceof RequestError && cause.response !== undefined ? cause.status : undefined
}

/** What GitHub said: its message and those of its `errors`, in one line. Empty when there was no answer. */
export function saidBy(error: unknown): string {
  const cause = error instanceof TagonceError ? error.cause : error
  return cause instanceof RequestError && cause.response !== undefined ? said(cause.response.data) : ''
}

/** Whether a 422 answer holds this error: `hasEntry(error, 'already_exists')`. */
export function hasEntry(error: unknown, code: string): boolean {
  const cause = error instanceof TagonceError ? error.cause : error
  if (!(cause instanceof RequestError) || cause.response === undefined) return false
  return entriesOf(cause.response.data).some((entry) => entry.code === code)
}

/** Turns what octokit throws into the one error type, with its meaning and what to do. */
export function explain(error: unknown): TagonceError {
  if (error instanceof TagonceError) return error
  if (error instanceof Error && error.cause instanceof TagonceError) return error.cause
  if (!(error instanceof RequestError) || error.response === undefined) {
    return new TagonceError('network', `GitHub could not be asked: ${String(error)}`, { cause: error })
  }
  const { method, url } = error.request
  const { pathname } = new URL(url)
  const what = `${method} ${pathname}: ${said(error.response.data) || error.message}`
  const headers = error.response.headers
  if (error.status === 401) {
    return new TagonceError('credentials', `GitHub does not accept the token (401). ${what}`, {
      cause: error,
      hint: 'the token is wrong, expired or revoked; make a new one with contents:write on the repository',
    })
  }
  if (error.status === 403 || error.status === 429) return refused(error, what, headers)
  if (error.status === 404 && method !== 'GET') {
    return new TagonceError('credentials', `GitHub hides this from the token (404). ${what}`, {
      cause: error,
      hint:
        'GitHub answers 404 to a write when the repository does not exist or the token lacks the scope: ' +
        `it needs contents:write${scopes(headers)}`,
    })
  }
  if (error.status >= 500)
    return new TagonceError('network', `GitHub failed (${error.status}). ${what}`, { cause: error })
  return new TagonceError('hub', `GitHub refuses (${error.status}). ${what}`, { cause: error })
}

/** A refusal is a limit or a lack of permission; headers and body decide (pitfalls.md: misread both ways). */
function refused(error: RequestError, what: string, headers: Record<string, unknown>): TagonceError {
  const limit = error.status === 429 || headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined
  if (limit || /\brate limit\b|temporarily blocked from content creation/i.test(what)) {
    const reset = Number(headers['x-ratelimit-reset'])
    const until =
      headers['x-ratelimit-remaining'] === '0' && reset > 0 ? new Date(reset * 1000).toISOString() : undefined
    return new TagonceError('rate-limit', `GitHub's rate limit is used up (${error.status}). ${what}`, {
      cause: error,
      hint: `run the same command again ${until === undefined ? 'in some minutes' : `after ${until}`}; it goes on from here`,
    })
  }
  const accepted = headers['x-accepted-github-permissions']
  const needs = typeof accepted === 'string' && accepted !== '' ? accepted.split(/;\s*/).join(' or ') : 'contents=write'
  return new TagonceError('credentials', `GitHub does not allow this to the token (403). ${what}`, {
    cause: error,
    hint: `the token needs ${needs}${scopes(headers)}`,
  })
}

/** A classic token's scopes, which GitHub tells in a header. */
function scopes(headers: Record<string, unknown>): string {
  const has = headers['x-oauth-scopes']
  return typeof has === 'string' ? `; it has the scopes: ${has === '' ? 'none' : has}` : ''
}

function said(data: unknown): string {
  if (typeof data === 'string') return title(data)
  const { message } = (data ?? {}) as { message?: unknown }
  const parts = entriesOf(data).map(
    (one) => one.message ?? [one.resource, one.field, one.code].filter(Boolean).join(' '),
  )
  return [typeof message === 'string' ? message : '', ...parts]
    .filter(Boolean)
    .join('; ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** An HTML error page is shown by its title. */
function title(text: string): string {
  const found = /<title>([^<]*)<\/title>/i.exec(text)?.[1]
  return (found ?? text).replaceAll(/\s+/g, ' ').trim().slice(0, 200)
}

function entriesOf(data: unknown): ErrorEntry[] {
  const { errors } = (data ?? {}) as { errors?: unknown }
  if (!Array.isArray(errors)) return []
  // GitHub sometimes sends a bare string among them.
  return errors.map((one: unknown) => (typeof one === 'string' ? { message: one } : ((one ?? {}) as ErrorEntry)))
}

/** A 404 as a value: "there is none". */
export async function nullOn404<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}
