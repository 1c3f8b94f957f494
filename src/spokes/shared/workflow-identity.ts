import { TagonceError } from '../../core/errors.ts'
import { keepSecret } from '../../core/secrets.ts'
import type { ChannelIO } from '../spoke.ts'

/** What GitHub Actions gives to a job with `permissions: id-token: write`. */
export const ACTIONS_VARIABLES = ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'] as const

/** What GitHub says of a workflow: https://docs.github.com/en/actions/reference/security/oidc#oidc-token-claims */
export type WorkflowClaims = Partial<
  Record<
    | 'iss'
    | 'sub'
    | 'aud'
    | 'ref'
    | 'sha'
    | 'repository'
    | 'repository_id'
    | 'repository_owner'
    | 'repository_owner_id'
    | 'repository_visibility'
    | 'workflow_ref'
    | 'job_workflow_ref'
    | 'event_name'
    | 'run_id'
    | 'run_attempt'
    | 'runner_environment',
    string
  >
>

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

/** What a token says, unchecked; nothing where it is no token. @example claimsOf(token).repository // 'acme/hello' */
export function claimsOf(token: string): WorkflowClaims {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object | null
    const texts = Object.entries(claims ?? {}).filter(([, value]) => typeof value === 'string')
    return Object.fromEntries(texts)
  } catch {
    return {}
  }
}
