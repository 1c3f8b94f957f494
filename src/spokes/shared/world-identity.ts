import { randomBytes } from 'node:crypto'
import type { WorldRequest } from '../world.ts'
import { ACTIONS_VARIABLES } from './workflow-identity.ts'

/** Where GitHub Actions gives a workflow its identity; in the local world. */
export const IDENTITY_HOST = 'token.actions.githubusercontent.com'

/** What the variables of GitHub Actions hold in a rehearsal, as any other credential. */
export function identityCredential(name: string): string {
  return name === ACTIONS_VARIABLES[0]
    ? `https://${IDENTITY_HOST}/rehearsal?api-version=2.0`
    : `rehearsal-${name.toLowerCase().replaceAll('_', '-')}`
}

/** GitHub's side: a statement for the audience that is asked for, unsigned here. */
export function giveIdentity(request: WorldRequest): Response {
  if (!/^Bearer ./i.test(request.headers.get('authorization') ?? '')) {
    return Response.json({ message: 'Unauthorized' }, { status: 401 })
  }
  const workflow = 'acme/hello/.github/workflows/release.yml@refs/tags/v1.2.3'
  const aud = request.query.get('audience')
  const jti = randomBytes(8).toString('hex')
  const claims = { event_name: 'push', workflow_ref: workflow, job_workflow_ref: workflow, aud, jti }
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return Response.json({ value: `${part({ alg: 'none' })}.${part(claims)}.c2lnbmF0dXJl` })
}

/** For whom an identity is; undefined when it is none. */
export function audienceOf(token: string): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { aud?: string }
    return claims.aud
  } catch {
    return undefined
  }
}
