import { z } from 'zod'
import { TagonceError } from '../../core/errors.ts'
import type { ChannelIO } from '../spoke.ts'

export const AUR = 'https://aur.archlinux.org'

const answer = z.object({
  error: z.string().optional(),
  results: z.array(
    z.object({
      Name: z.string(),
      PackageBase: z.string(),
      Version: z.string(),
      Maintainer: z.string().nullable(),
      CoMaintainers: z.array(z.string()).optional(),
    }),
  ),
})

export type AurPackage = z.infer<typeof answer>['results'][number]

/** The AUR is closed, by its own words: run the same command later. */
export class AurClosed extends Error {}

/** What the AUR knows of a package; null when there is none. Throws `network` for any other answer, `AurClosed` in maintenance. */
export async function aurInfo(name: string, io: ChannelIO): Promise<AurPackage | null> {
  const url = `${AUR}/rpc/v5/info?${new URLSearchParams({ 'arg[]': name }).toString()}`
  const response = await io.http.request(url, { signal: io.signal })
  const text = await response.text()
  throwIfClosed(response, text)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    const type = response.headers.get('content-type') ?? 'nothing'
    throw new TagonceError('network', `the AUR answers ${response.status} with ${type} where JSON is expected`, {
      hint: 'a gateway or a maintenance page stands in between; run the same command again later',
    })
  }
  const parsed = answer.safeParse(body)
  if (!response.ok || !parsed.success || parsed.data.error !== undefined) {
    const why = (parsed.data?.error ?? '') || `status ${response.status}`
    throw new TagonceError('network', `the AUR could not be asked for ${name}: ${why}`)
  }
  return parsed.data.results.find((one) => one.Name === name) ?? null
}

/** A file as it stands in a package's repository; null when there is none. */
export async function aurFile(name: string, path: string, io: ChannelIO): Promise<string | null> {
  const url = `${AUR}/cgit/aur.git/plain/${encodeURIComponent(path)}?${new URLSearchParams({ h: name }).toString()}`
  const response = await io.http.request(url, { signal: io.signal })
  const text = await response.text()
  throwIfClosed(response, text)
  if (response.status === 404) return null
  if (!response.ok) throw new TagonceError('network', `${url} answers ${response.status}`)
  if (/text\/html/.test(response.headers.get('content-type') ?? '')) {
    throw new TagonceError('network', `${url} answers with a page instead of the file`)
  }
  return text
}

function throwIfClosed(response: Response, text: string): void {
  if (response.status >= 500 && /maintenance/i.test(text)) throw new AurClosed('the AUR is down due to maintenance')
}
