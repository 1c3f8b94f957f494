import { TagonceError } from '../../core/errors.ts'
import { keepSecret } from '../../core/secrets.ts'
import type { ChannelIO } from '../../spokes/spoke.ts'
import { oneToken, type Token } from './one-token.ts'

/** A token of Entra for an application, by its secret. */
export const entraToken = oneToken(login)

/** learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, "First case". */
async function login({ http, credentials, clock, signal }: ChannelIO): Promise<Token> {
  const tenant = credentials.get('AZURE_TENANT_ID')
  const answer = await http.request(
    `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: credentials.get('AZURE_CLIENT_ID'),
        client_secret: credentials.get('AZURE_CLIENT_SECRET'),
        scope: 'https://storage.azure.com/.default',
      }).toString(),
      signal,
      // Asking for a token changes nothing.
      retries: 4,
    },
  )
  const said = (await answer.json().catch(() => ({}))) as {
    access_token?: string
    expires_in?: number
    error_description?: string
  }
  if (!answer.ok || said.access_token === undefined) {
    const why = said.error_description?.split(/[\r\n]/)[0] ?? `${answer.status}`
    throw new TagonceError('credentials', `Entra refuses the application: ${why}`, {
      hint: 'look at AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; secrets of applications expire',
    })
  }
  keepSecret(said.access_token)
  return { token: said.access_token, expires: clock().getTime() + (said.expires_in ?? 3600) * 1000 }
}
