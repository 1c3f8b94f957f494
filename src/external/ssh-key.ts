import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { keepSecret } from '../core/secrets.ts'
import { hostOf } from './git-route.ts'
import { pinnedHosts } from './ssh-hosts.ts'

/** Stands in a command of the config where GoReleaser has `{{ .KeyPath }}`; the path is known when git runs. */
export const KEY_PATH = 'KEY_PATH_OF_TAGONCE'

export interface SshAccess {
  /** The public address: its host's keys may be pinned. */
  url: string
  /** The command of the config, with KEY_PATH; empty = ours. */
  sshCommand: string
  /** A private key, or the path of one; empty = what ssh finds by itself. */
  key: string
  /** In a rehearsal: the file with the only host key that counts. */
  knownHosts?: string
}

/**
 * The command that git runs for ssh. The key and the known hosts are written into `folder` (private, and removed by its owner).
 * A host whose keys are pinned is checked strictly; any other one is believed at first sight, as with GoReleaser, unless the
 * user's own known_hosts says otherwise.
 */
export async function sshCommandFor(access: SshAccess, folder: string): Promise<string> {
  const key = access.key === '' ? '' : await keyFile(access.key, folder)
  if (access.sshCommand !== '') return access.sshCommand.replaceAll(KEY_PATH, key)
  const pinned = pinnedHosts(hostOf(access.url))
  const own = join(folder, 'known_hosts')
  await writeFile(own, pinned.map((line) => `${line}\n`).join(''), { mode: 0o600 })
  const isStrict = access.knownHosts !== undefined || pinned.length > 0
  const hosts = access.knownHosts ?? (pinned.length > 0 ? own : `${own} ~/.ssh/known_hosts`)
  return [
    'ssh -F /dev/null -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=20',
    ...(key === '' ? [] : [`-i "${key}" -o IdentitiesOnly=yes`]),
    `-o "UserKnownHostsFile=${hosts}" -o GlobalKnownHostsFile=/dev/null`,
    `-o StrictHostKeyChecking=${isStrict ? 'yes' : 'accept-new'}`,
  ].join(' ')
}

/** The key in a file of its own, which ssh takes: mode 0600, and a line end at its end, which secrets of CI often lose. */
async function keyFile(key: string, folder: string): Promise<string> {
  const text = isKey(key) ? key : await readKey(key)
  keepSecret(text)
  if (isLocked(text)) {
    throw new TagonceError('credentials', 'the private key is protected by a passphrase, which nobody can type here', {
      hint: 'make one without: ssh-keygen -t ed25519 -N "" -f aur, and add aur.pub to the account',
    })
  }
  const path = join(folder, 'key')
  await writeFile(path, `${text.replaceAll('\r\n', '\n').trimEnd()}\n`, { mode: 0o600 })
  return path
}

function isKey(text: string): boolean {
  return text.includes('PRIVATE KEY-----')
}

async function readKey(path: string): Promise<string> {
  const text = await readFile(resolve(path), 'utf8').catch((cause: unknown) => {
    const mend = 'give the key itself in the variable, or the path of a file that can be read'
    // What is no path may be a broken key: it is not shown.
    throw new TagonceError('credentials', 'private_key is neither a private key nor the path of one', {
      cause,
      hint: mend,
    })
  })
  if (isKey(text)) return text
  throw new TagonceError('credentials', 'the file that private_key names holds no private key')
}

/** Whether a key is encrypted: PEM says so, OpenSSH's own format names its cipher after the magic word. */
function isLocked(text: string): boolean {
  if (/ENCRYPTED/.test(text)) return true
  const body = /BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1]
  if (body === undefined) return false
  const bytes = Buffer.from(body, 'base64')
  const at = 'openssh-key-v1\0'.length
  if (bytes.length < at + 4) return false
  return bytes.toString('latin1', at + 4, at + 4 + bytes.readUInt32BE(at)) !== 'none'
}
