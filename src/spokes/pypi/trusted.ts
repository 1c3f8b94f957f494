import { TagonceError } from '../../core/errors.ts'
import type { Diagnostic } from '../../core/errors.ts'
import { keepSecret } from '../../core/secrets.ts'
import { pypiIndex } from '../../external/pypi.ts'
import { claimsOf, workflowIdentity } from '../shared/workflow-identity.ts'
import type { ChannelIO } from '../spoke.ts'
import { normalName } from './name.ts'
import type { PypiSettings } from './settings.ts'

/** Tokens of this run, with the time when they end. One token of a workflow gives one token of PyPI, for all its projects. */
const minted = new WeakMap<ChannelIO['credentials'], Map<string, Promise<{ token: string; until: number }>>>()

/** A token that lives for minutes, made from the workflow's identity (https://docs.pypi.org/trusted-publishers/internals/). */
export async function mintedToken(settings: PypiSettings, io: ChannelIO): Promise<string> {
  const known = minted.get(io.credentials) ?? new Map<string, Promise<{ token: string; until: number }>>()
  minted.set(io.credentials, known)
  const { origin } = new URL(settings.index.simple)
  const before = await known.get(origin)
  if (before !== undefined && before.until > io.clock().getTime() + 60_000) return before.token
  const made = mint(settings, io)
  known.set(origin, made)
  made.catch(() => known.delete(origin))
  return (await made).token
}

async function mint(settings: PypiSettings, io: ChannelIO): Promise<{ token: string; until: number }> {
  const index = pypiIndex(io.http, settings.index, async () => undefined)
  const answer = await index.mint(await workflowToken(settings, io))
  const { token, expires } = answer.body ?? {}
  if (token === undefined) {
    const said = `PyPI does not take this workflow as a publisher: it answered ${answer.status} (${answer.message})`
    const passing = answer.status >= 500 || answer.status === 429
    throw new TagonceError(passing ? 'network' : 'credentials', said, {
      hint: passing
        ? 'run the same command again'
        : `add the repository, the workflow's file name and its environment at ${publishers(settings)}`,
    })
  }
  keepSecret(token)
  // `expires` is a time in some versions of the API and a span in others; its fifteen minutes are documented.
  const now = io.clock().getTime()
  return { token, until: expires !== undefined && expires * 1000 > now ? expires * 1000 : now + 14 * 60_000 }
}

/** The signed statement of GitHub who this workflow is. It may be asked for as often as wanted. */
async function workflowToken(settings: PypiSettings, io: ChannelIO): Promise<string> {
  const index = pypiIndex(io.http, settings.index, async () => undefined)
  const { body, status } = await index.audience()
  if (body?.audience === undefined)
    throw new TagonceError(
      'network',
      `${new URL(settings.index.simple).host} does not tell the audience of trusted publishing (${status})`,
    )
  return workflowIdentity(body.audience, io)
}

/** What PyPI would not take, read from the identity itself; nothing is used up. */
export async function probeTrusted(settings: PypiSettings, io: ChannelIO): Promise<Diagnostic[]> {
  const claims = claimsOf(await workflowToken(settings, io))
  const error = (message: string, mend: string): Diagnostic => ({
    severity: 'error',
    code: 'pypi-trusted',
    message: `pypi ${settings.name}: ${message}`,
    mend,
  })
  const { event_name: event, job_workflow_ref: job, workflow_ref: workflow } = claims
  if (event === 'workflow_run' || event === 'pull_request_target') {
    return [
      error(`PyPI refuses a workflow that was started by ${event}`, 'publish from the workflow that the tag starts'),
    ]
  }
  if (job !== undefined && workflow !== undefined && job !== workflow) {
    return [
      error(
        `the job stands in the reusable workflow ${job}, which PyPI does not take as a publisher`,
        'move the job into the calling workflow',
      ),
    ]
  }
  return []
}

function publishers({ index, name }: PypiSettings): string {
  return `${new URL(index.simple).origin}/manage/project/${normalName(name)}/settings/publishing/`
}
