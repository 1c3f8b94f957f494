import { TagonceError } from '../../core/errors.ts'
import { keepSecret } from '../../core/secrets.ts'
import type { ChannelIO } from '../spoke.ts'

/** What GitHub Actions gives to a job with `permissions: id-token: write`. */
export const ACTIONS_VARIABLES = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'] as const

/**
 * The signed statement of GitHub who this workflow is, for one audience. It may be asked for as often as wanted.
 * https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 * @example await workflowIdentity('npm:registry.npmjs.org', io) // 'eyJ0eXAi…'
 */
export async function workflowIdentity(audience: string, io: Pick<ChannelIO, 'http' | 'credentials'>): Promise<string> {
  const [address = '', bearer = ''] = ACTIONS_VARIABLES.map((name) => io.credentials.get(name))
  const url = new URL(address)
  url.searchParams.set('audience', audience)
  const response = await io.http.request(url.href, {
    headers: { accept: 'application/json', authorization: `Bearer ${bearer}` },
  })
  const { value } = response.ok ? ((await response.json()) as { value?: string }) : {}
  if (value === undefined) {
    throw new TagonceError('credentials', `GitHub gives this job no identity (${response.status})`, {
      hint: 'add `permissions: id-token: write` to the job',
    })
  }
  keepSecret(value)
  return value
}
