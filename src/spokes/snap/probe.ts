import { type Diagnostic, TagonceError } from '../../core/errors.ts'
import { run } from '../../external/process.ts'
import type { Whoami } from '../../external/snap-store.ts'
import type { ChannelIO } from '../spoke.ts'
import { wholeChannel } from './channel.ts'
import type { SnapSettings } from './settings.ts'
import { CREDENTIALS, ownerStore, refused } from './store.ts'

/** Changes nothing: is mksquashfs there, whose credentials are these, until when and for what, and is the name ours. */
export async function probeSnap(settings: SnapSettings, io: ChannelIO): Promise<Diagnostic[]> {
  return [...(await probeTool(settings, io)), ...(await probeStore(settings, io))]
}

/** The first that keeps to `SOURCE_DATE_EPOCH`. */
const OLDEST = 4.4

async function probeTool({ name }: SnapSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const found = await run(['mksquashfs', '-version'], { signal: io.signal, timeout: 30_000 }).catch(
    (error: unknown) => {
      if (error instanceof TagonceError && error.code === 'tool-missing') return undefined
      throw error
    },
  )
  const mend =
    'install squashfs-tools (Debian, Fedora: squashfs-tools; macOS: brew install squashfs), or pass --skip snapcraft'
  if (found === undefined) {
    return [
      {
        severity: 'error',
        code: 'tool-missing',
        message: `snapcrafts ${name}: a snap is made with mksquashfs, which is not on the PATH`,
        mend,
      },
    ]
  }
  const version = /version (\d+\.\d+)/.exec(found.stdout)?.[1] ?? ''
  if (Number(version) >= OLDEST) return []
  return [
    {
      severity: 'warning',
      code: 'snap-tool',
      message: `snapcrafts ${name}: mksquashfs ${version} is older than ${OLDEST}: two runs make different bytes`,
      mend,
    },
  ]
}

const NEEDED = ['package_access', 'package_push', 'package_release']

async function probeStore(settings: SnapSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const { name } = settings
  const found: Diagnostic[] = []
  const say = (severity: Diagnostic['severity'], rule: string, message: string, mend: string): void => {
    found.push({ severity, code: `snap-${rule}`, message: `snapcrafts ${name}: ${message}`, mend })
  }
  const login = `snapcraft export-login --snaps ${name} --acls ${NEEDED.join(',')} FILE, then put its text into ${CREDENTIALS}`
  const store = ownerStore(io)
  const who = await store.whoami()
  if (who.body === undefined) {
    const error = refused('asking who the credentials belong to', who)
    // A passing fault is no proof against the credentials.
    say(
      who.status === 401 || who.status === 403 ? 'error' : 'warning',
      'credentials',
      error.message,
      error.hint ?? login,
    )
    return found
  }
  const expires = expiryOf(who.body)
  const left = expires === undefined ? undefined : expires.getTime() - io.clock().getTime()
  if (left !== undefined && left <= 0)
    say('error', 'expired', `the credentials expired at ${who.body.expires ?? ''}`, login)
  else if (left !== undefined && left < 14 * 86_400_000) {
    say('warning', 'expires', `the credentials expire at ${who.body.expires ?? ''}`, login)
  }
  const lacking = NEEDED.filter((one) => Array.isArray(who.body?.permissions) && !who.body.permissions.includes(one))
  if (lacking.length > 0) say('error', 'permission', `the credentials lack ${lacking.join(', ')}`, login)
  const allowed = who.body.channels ?? []
  const closed =
    allowed.length === 0 ? [] : settings.channels.filter((one) => !allowed.some((glob) => matches(glob, one)))
  if (closed.length > 0) {
    say(
      'error',
      'channels',
      `the credentials may release to ${allowed.join(', ')} only, not to ${closed.join(', ')}`,
      login,
    )
  }
  const may = await store.mayPush(name)
  const words = may.message === '' ? '' : ` (${may.message})`
  if (may.status === 404) {
    say('error', 'register', `the name is not registered${words}`, `snapcraft register ${name}`)
  } else if (may.status === 401 || may.status === 403) {
    say(
      'error',
      'owner',
      `the credentials may not push it${words}`,
      'use those of a publisher of the snap, or another name',
    )
  } else if (may.status >= 300) {
    say(
      'warning',
      'unknown',
      `whether it may be pushed is not known: the store answered ${may.status}${words}`,
      'run it again',
    )
  }
  return found
}

/** The store gives UTC without saying so. */
function expiryOf({ expires }: Whoami): Date | undefined {
  if (expires === undefined || expires === null || expires === '') return undefined
  const date = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(expires) ? expires : `${expires}Z`)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** Channels are allowed by globs, with or without the track `latest`. */
function matches(glob: string, channel: string): boolean {
  const pattern = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const whole = new RegExp(`^${pattern}$`)
  return whole.test(channel) || whole.test(wholeChannel(channel)) || whole.test(channel.replace(/^latest\//, ''))
}
