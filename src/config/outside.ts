import { type Diagnostic, type Position, TagonceError } from '../core/errors.ts'
import { expandEnv } from '../core/expand-env.ts'
import { keepSecret } from '../core/secrets.ts'
import { render, TemplateError } from '../template/template.ts'

/** How a config gets at what lies outside of the project; without it, nothing outside is read. */
export interface Outside {
  /** What `{{ .Env.NAME }}` and `${NAME}` stand for in addresses and headers. */
  env: Record<string, string | undefined>
  /** Reads an address; throws TagonceError with a message ready to be shown. */
  read(url: string, headers: Record<string, string>): Promise<{ bytes: Uint8Array; sha256: string; cached: boolean }>
}

/** `from_url` of a config. */
export interface FromUrl {
  url?: string
  headers?: Record<string, string>
}

export type Problem = {
  problem: string
  mend: string
  /** The server may answer later: nothing in the config is wrong. */
  passing?: TagonceError
}

export interface OutsideText {
  /** The address, without its pin. */
  url: string
  bytes: Uint8Array
  /** What is to be told: address, digest, size. */
  said: string
  /** How to pin it; absent where it is. */
  mend?: string
}

/** GoReleaser lets the host of GitHub's raw files be left out (its documentation of `includes`). */
const SHORT = /^[\w.-]+\/[\w.-]+\/[^\s:]+$/
const PIN = /#sha256=([0-9a-f]{64})$/i
const LOOPBACK = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?\//

/**
 * Reads what a `from_url` names. Its address may end with `#sha256=…`: then nothing else than that is taken. (GoReleaser
 * does not send what follows `#`, so such a config works there, too.)
 * @example await readOutside({ url: 'ann/files/main/base.yaml' }, outside)
 */
export async function readOutside(
  { url: written = '', headers = {} }: FromUrl,
  outside: Outside | undefined,
): Promise<OutsideText | Problem> {
  if (written === '') return { problem: '`from_url` names no address', mend: 'write `from_url: { url: https://… }`' }
  if (outside === undefined) {
    return { problem: `\`${written}\` is not read here`, mend: 'save the file in the project, and use `from_file`' }
  }
  try {
    const named = fill(written, outside.env)
    const pin = PIN.exec(named)?.[1]?.toLowerCase()
    const bare = named.replace(/#.*$/, '')
    const url = SHORT.test(bare) ? `https://raw.githubusercontent.com/${bare}` : bare
    if (!(url.startsWith('https://') || LOOPBACK.test(url)) || URL.parse(url) === null) {
      return { problem: `\`${written}\` is no https address`, mend: 'only https is read: write `https://…`' }
    }
    const sent = Object.entries(headers).map(([name, value]) => [name, secret(value, outside.env)] as const)
    const { bytes, sha256, cached } = await outside.read(url, Object.fromEntries(sent))
    if (pin !== undefined && pin !== sha256) {
      return { problem: `\`${url}\` has the digest sha256:${sha256}, not the one it is pinned to`, mend: PINNED }
    }
    const copy = cached ? ', a copy of an earlier run' : ''
    const said = `read from ${url}: sha256:${sha256} (${bytes.length} bytes${copy})`
    const mend = `pin it: add \`#sha256=${sha256}\` to the address`
    return pin === undefined ? { url, bytes, said, mend } : { url, bytes, said }
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code === 'interrupted') throw error
    const passing = error.code === 'network' || error.code === 'rate-limit' ? { passing: error } : {}
    const mend = error.hint ?? 'check the address, or save the file in the project'
    return { problem: error.message, mend, ...passing }
  }
}

/**
 * What could not be read, as a diagnostic. Throws where the same command may read it later, so that it ends with the exit code that
 * says so.
 */
export function unread({ problem, mend, passing }: Problem, where: Position | undefined): Diagnostic {
  const place = where === undefined ? {} : { where }
  const told: Diagnostic = { severity: 'error', code: 'bad-include', message: problem, mend, ...place }
  if (passing === undefined) return told
  throw new TagonceError(passing.code, 'the config is not whole', { cause: passing, diagnostics: [told] })
}

const PINNED = 'look at what has changed there; when it is right, write its new digest after `#sha256=`'

function secret(text: string, env: Outside['env']): string {
  const value = fill(expandEnv(text, env), env)
  if (value !== text) keepSecret(value)
  return value
}

function fill(text: string, env: Outside['env']): string {
  try {
    return render(text, { Env: env })
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    throw new TagonceError('config', `the template \`${text}\` can’t be rendered: ${error.message}`, {
      hint: 'only `.Env` is known here: nothing else has been read yet',
    })
  }
}
