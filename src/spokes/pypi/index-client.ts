import { TagonceError } from '../../core/errors.ts'
import type { PypiAnswer, PypiIndex } from '../../external/pypi.ts'
import { pypiIndex } from '../../external/pypi.ts'
import type { ChannelIO } from '../spoke.ts'
import type { PypiSettings } from './settings.ts'
import { mintedToken } from './trusted.ts'

/** A client that reads as anybody would; a private index is read with the token, where it is set. */
export function reader(settings: PypiSettings, io: ChannelIO): PypiIndex {
  const known = settings.index.kind === 'other' && io.credentials.has(settings.tokenEnv)
  return pypiIndex(io.http, settings.index, async () => (known ? basic(settings, io) : undefined))
}

/** A client that may upload. */
export function writer(settings: PypiSettings, io: ChannelIO): PypiIndex {
  const token = settings.trusted
    ? async (): Promise<string> => authorization('__token__', await mintedToken(settings, io))
    : async (): Promise<string> => basic(settings, io)
  return pypiIndex(io.http, settings.index, token)
}

function basic({ username, tokenEnv }: PypiSettings, io: ChannelIO): string {
  return authorization(username, io.credentials.get(tokenEnv).trim())
}

function authorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** The index's refusal of an upload, explained. Its words are those of warehouse, forklift/legacy.py. */
export function refused(what: string, answer: PypiAnswer<unknown>, settings: PypiSettings): TagonceError {
  const { status, message } = answer
  const said = `${what}: the index answered ${status}${message === '' ? '' : ` (${message})`}`
  const { tokenEnv, name, trusted } = settings
  if (status === 429) return new TagonceError('rate-limit', said, { hint: 'run the same command again later' })
  if (status === 408 || status >= 500) return new TagonceError('network', said, { hint: 'run the same command again' })
  if (status === 401 || status === 403) {
    const hint = trusted
      ? 'the workflow was let in, but may not upload here: look at the publishers of the project'
      : /isn't allowed to upload|not valid for project|token used outside/i.test(message)
        ? `the token in ${tokenEnv} is for another project: make one for ${name}, or for the whole account`
        : /mail|two.?factor|2fa/i.test(message)
          ? 'log in on the website: PyPI wants something of the account first'
          : `the token in ${tokenEnv} is wrong, expired or revoked, or is one of another index: make a new one`
    return new TagonceError('credentials', said, { hint })
  }
  if (/Non-user identities cannot create new projects/i.test(message)) {
    return new TagonceError('credentials', said, {
      hint: 'a new project needs a pending publisher (https://pypi.org/manage/account/publishing/), or one upload with a token',
    })
  }
  if (/previously used by a file that has since been deleted|older than 14 days/i.test(message)) {
    return new TagonceError('spoke', said, { hint: 'PyPI never takes it again: tag a new version' })
  }
  if (/File too large/i.test(message)) {
    return new TagonceError('spoke', said, {
      hint: 'ask for a higher limit (https://docs.pypi.org/project-management/storage-limits/), or set mode: download',
    })
  }
  if (/name.*(isn't allowed|too similar|conflict)/i.test(message)) {
    return new TagonceError('spoke', said, { hint: 'choose another name: pypis[].name' })
  }
  return new TagonceError('spoke', said)
}
