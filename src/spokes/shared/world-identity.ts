import { createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import type { RehearsedRelease, WorldRequest, WorldStore } from '../world.ts'
import { ACTIONS_VARIABLES, claimsOf } from './workflow-identity.ts'
import type { WorkflowClaims } from './workflow-identity.ts'
import { worldKey } from './world-keys.ts'

/** Where GitHub Actions gives a workflow its identity; in the local world. */
export const IDENTITY_HOST = 'token.actions.githubusercontent.com'

const NOBODY: RehearsedRelease = {
  repository: 'acme/hello',
  tag: 'v1.2.3',
  commit: '0123456789abcdef0123456789abcdef01234567',
}

/** What the variables of GitHub Actions hold in a rehearsal, as any other credential. */
export function identityCredential(name: string, release: RehearsedRelease = NOBODY): string {
  if (name !== ACTIONS_VARIABLES[0]) return `rehearsal-${name.toLowerCase().replaceAll('_', '-')}`
  const query = new URLSearchParams({ 'api-version': '2.0', ...release })
  return `https://${IDENTITY_HOST}/rehearsal?${query.toString()}`
}

/** GitHub's side: a made-up identity for the audience that is asked for. Document `claims` changes what it says. */
export function giveIdentity(request: WorldRequest, store: WorldStore): Response {
  if (!/^Bearer ./i.test(request.headers.get('authorization') ?? '')) {
    return Response.json({ message: 'Unauthorized' }, { status: 401 })
  }
  const { query } = request
  const repository = query.get('repository') ?? NOBODY.repository
  const ref = `refs/tags/${query.get('tag') ?? NOBODY.tag}`
  const workflow = `${repository}/.github/workflows/release.yml@${ref}`
  const now = Math.floor(Date.now() / 1000)
  const usual: WorkflowClaims = {
    iss: `https://${IDENTITY_HOST}`,
    sub: `repo:${repository}:ref:${ref}`,
    ref,
    sha: query.get('commit') ?? NOBODY.commit,
    repository,
    repository_id: '1',
    repository_owner: repository.split('/')[0] ?? '',
    repository_owner_id: '1',
    repository_visibility: 'public',
    workflow_ref: workflow,
    job_workflow_ref: workflow,
    event_name: 'push',
    run_id: '1',
    run_attempt: '1',
    runner_environment: 'github-hosted',
  }
  const claims = {
    ...usual,
    ...store.read<object>('claims'),
    aud: query.get('audience') ?? `https://github.com/${repository.split('/')[0] ?? ''}`,
    jti: randomBytes(8).toString('hex'),
    iat: now,
    nbf: now,
    exp: now + 300,
  }
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const said = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`
  const signature = sign('sha256', Buffer.from(said), { key: worldKey('github'), dsaEncoding: 'ieee-p1363' })
  return Response.json({ value: `${said}.${signature.toString('base64url')}` })
}

/** What an identity says that was made up here; undefined when it was not, or was changed. */
export function madeUpClaims(token: string): WorkflowClaims | undefined {
  const [head = '', body = '', signature = ''] = token.split('.')
  const key = { key: createPublicKey(worldKey('github')), dsaEncoding: 'ieee-p1363' as const }
  const genuine = verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))
  return genuine ? claimsOf(token) : undefined
}
