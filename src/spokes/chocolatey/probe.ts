import { type Diagnostic, TagonceError } from '../../core/errors.ts'
import type { ChannelIO } from '../spoke.ts'
import { COMMUNITY, feedFor } from './feed.ts'
import type { ChocolateySettings } from './settings.ts'

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Reads only: the shape of the key, whether the name is taken, and whether the addresses of the nuspec are there. */
export async function probeChocolatey(settings: ChocolateySettings, io: ChannelIO): Promise<Diagnostic[]> {
  const { name, keyEnv } = settings
  const feed = feedFor(settings.sourceRepo, io)
  const found: Diagnostic[] = []
  if (feed.community && !GUID.test(io.credentials.get(keyEnv))) {
    found.push({
      severity: 'error',
      code: 'chocolatey-key',
      message: `chocolateys ${name}: the key in ${keyEnv} is no GUID; the feed refuses it`,
      mend: 'copy it from https://community.chocolatey.org/account',
    })
  }
  const [versions, addresses] = await Promise.all([feed.versions(name), probeAddresses(settings, io)])
  found.push(...addresses)
  const what =
    versions.length === 0
      ? `${name} will be a new package, or waits for its first approval`
      : `the feed lists ${versions.length} versions of ${name}`
  found.push({
    severity: 'info',
    code: 'chocolatey-name',
    message: `chocolateys ${name}: ${what}; whether the key may push it shows only when it is pushed`,
    ...(feed.community ? { mend: `its owners stand at ${COMMUNITY}/packages/${name}` } : {}),
  })
  return found
}

/** Moderation refuses addresses that lead nowhere: each is fetched. In a rehearsal they are not asked. */
async function probeAddresses(settings: ChocolateySettings, io: ChannelIO): Promise<Diagnostic[]> {
  const keys = [
    'licenseUrl',
    'projectUrl',
    'iconUrl',
    'projectSourceUrl',
    'packageSourceUrl',
    'docsUrl',
    'bugTrackerUrl',
  ] as const
  const asked = keys.filter((key) => settings[key] !== '' && URL.canParse(settings[key]))
  const found = await Promise.all(
    asked.map(async (key): Promise<Diagnostic[]> => {
      const url = settings[key]
      if (io.http.route(url) !== url) return []
      const status = await statusOf(url, io)
      if (status !== 404 && status !== 410) return []
      const word = key.replaceAll(/[A-Z]/g, (one) => `_${one.toLowerCase()}`)
      const message = `chocolateys ${settings.name}: ${word} ${url} answers ${status}; moderation refuses it`
      return [{ severity: 'error', code: 'chocolatey-address', message, mend: `set ${word}: to a page that is there` }]
    }),
  )
  return found.flat()
}

/** 0 where nobody answers: that may pass. */
async function statusOf(url: string, io: ChannelIO): Promise<number> {
  try {
    const response = await io.http.request(url, { retries: 1, deadline: 15_000, signal: io.signal })
    await response.body?.cancel()
    return response.status
  } catch (error) {
    if (error instanceof TagonceError && error.code !== 'interrupted') return 0
    throw error
  }
}
