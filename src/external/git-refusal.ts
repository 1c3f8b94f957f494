import { TagonceError } from '../core/errors.ts'
import { withoutCredentials } from './git.ts'

/** What git and ssh say when the connection, not the request, is the trouble. */
const PASSING =
  /Could not resolve host|Connection (?:refused|reset|timed out|closed)|kex_exchange_identification|Network is unreachable|early EOF|remote end hung up|unexpected disconnect|Broken pipe|Operation timed out|HTTP 5\d\d|returned error: 5\d\d/i
/** A server that says itself that it is closed for now. */
const CLOSED = /down due to maintenance|maintenance mode|temporarily (?:unavailable|disabled|closed)/i
const DENIED =
  /Permission denied|permission denied|Authentication failed|could not read Username|not allowed to|HTTP 40[13]|returned error: 40[13]|deny updating|access denied|is orphaned|not verified|SSH interface is disabled/i
const ABSENT = /not found|does not appear to be a git repository|does not exist/i

/** A server that takes nothing for now, by its own words: run the same command later. */
export class ClosedForNow extends TagonceError {}

/**
 * Why git could not talk to a remote, as the error that fits: `network` may be tried again, the others need a person.
 * @example refusal('ssh://aur@aur.archlinux.org/x.git', 'Host key verification failed.').code // 'spoke'
 */
export function refusal(url: string, stderr: string): TagonceError {
  const where = withoutCredentials(url)
  const output = stderr.trim()
  const said = saidBy(output)
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/i.test(output)) {
    return new TagonceError(
      'spoke',
      `${where}: the server showed a host key that is not the known one; nothing was sent`,
      {
        hint: 'compare its fingerprint with the one its owner publishes; somebody may stand between',
        output,
      },
    )
  }
  if (CLOSED.test(output)) return new ClosedForNow('network', `${where} is closed for now: ${said}`, { output })
  if (DENIED.test(output)) {
    const hint = 'look whether the key or token belongs to an account that may write there'
    return new TagonceError('credentials', `${where}: ${said}`, { hint, output })
  }
  if (PASSING.test(output)) return new TagonceError('network', `${where} could not be reached: ${said}`, { output })
  if (ABSENT.test(output)) {
    return new TagonceError('credentials', `${where}: there is no such repository, or it may not be seen: ${said}`, {
      hint: 'make it, or give the key or token access to it',
      output,
    })
  }
  return new TagonceError('spoke', `${where}: ${said}`, { output })
}

/** The line that says why: the server's own before git's. */
function saidBy(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/\s+$/, ''))
    .filter((line) => line !== '')
  const remote = lines.filter((line) => line.startsWith('remote: ')).map((line) => line.slice('remote: '.length))
  const errors = remote.filter((line) => /error|denied|down|disabled/i.test(line))
  const own = lines.filter(
    (line) => !/^(?:hint:|To |Warning: Permanently added|Please make sure|and the repository)/.test(line),
  )
  const best = errors.length > 0 ? errors : remote.length > 0 ? remote : own
  return best.slice(0, 4).join(' ') || 'git failed without a word'
}
