import { TagonceError } from '../core/errors.ts'
import type { Http } from './http.ts'
import type { NugetVersion } from './nuget-version.ts'

/** What is used of a v3 service index (learn.microsoft.com/nuget/api/service-index). */
interface V3Feed {
  push: string
  find(id: string, version: string): Promise<NugetVersion | undefined>
  versions(id: string): Promise<NugetVersion[]>
}

interface Leaf {
  catalogEntry?: { version?: string; listed?: boolean }
}

/**
 * Reads the service index of a v3 feed.
 * @example (await readV3(http, 'https://api.nuget.org/v3/index.json')).push
 */
export async function readV3(http: Http, index: string): Promise<V3Feed> {
  const { resources = [] } = (await json<{ resources?: { '@id': string; '@type': string }[] }>(http, index)) ?? {}
  const resource = (...types: string[]): string | undefined =>
    types.flatMap((type) => resources.filter((one) => one['@type'] === type))[0]?.['@id'].replace(/\/$/, '')
  const base = resource('PackageBaseAddress/3.0.0')
  const registrations = resource('RegistrationsBaseUrl/3.6.0', 'RegistrationsBaseUrl/3.4.0', 'RegistrationsBaseUrl')
  if (base === undefined) {
    throw new TagonceError('spoke', `${index} names no PackageBaseAddress: packages can't be read`, {
      hint: 'set source_repo: to the index.json of a NuGet v3 feed, or to a v2 feed',
    })
  }
  const contentOf = (id: string, version: string): string => {
    const [name, number] = [id.toLowerCase(), version.toLowerCase()]
    return `${base}/${name}/${number}/${name}.${number}.nupkg`
  }
  const versions = async (id: string): Promise<NugetVersion[]> => {
    const from = `${base}/${id.toLowerCase()}/index.json`
    const known = await json<{ versions?: string[] }>(http, from)
    return (known?.versions ?? []).map((version) => ({
      version,
      from,
      content: contentOf(id, version),
      listed: true,
      checks: {},
    }))
  }
  return {
    push: resource('PackagePublish/2.0.0') ?? '',
    versions,
    async find(id, version) {
      const found = (await versions(id)).find((one) => one.version === version.toLowerCase())
      if (found === undefined || registrations === undefined) return found
      const leaf = await json<Leaf & { listed?: boolean }>(
        http,
        `${registrations}/${id.toLowerCase()}/${version.toLowerCase()}.json`,
      )
      const listed = leaf?.listed ?? leaf?.catalogEntry?.listed ?? true
      return { ...found, listed }
    },
  }
}

async function json<T>(http: Http, url: string): Promise<T | undefined> {
  const response = await http.request(url, { headers: { accept: 'application/json' } })
  if (response.status === 200) return parsed<T>(url, await response.text())
  await response.body?.cancel()
  if (response.status === 404) return undefined
  throw new TagonceError('network', `${url} answered ${response.status}`, { hint: 'run the same command again later' })
}

function parsed<T>(url: string, text: string): T {
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new TagonceError('network', `${url} answered, but not with JSON`, { cause })
  }
}
