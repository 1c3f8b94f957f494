import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkBuild } from '../builders/build.ts'
import type { Credentials } from '../core/credentials.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { createGitHub } from '../external/github.ts'
import type { Http } from '../external/http.ts'
import type { Plan } from '../plan/plan.ts'
import type { ChannelIO, ProofreadIO, Unit } from '../spokes/spoke.ts'
import { provisionalManifest, spokeNamed } from './spokes.ts'

export interface PreflightIO {
  /** Absolute root of the project. */
  root: string
  http: Http
  credentials: Credentials
  env: Record<string, string | undefined>
  signal: AbortSignal
  folder: string
}

/**
 * What has to be true before anything is built: tools, credentials of every enabled channel, each channel's own rules, and what
 * the channels themselves say. All problems at once; reads only.
 */
export async function preflight(plan: Plan, io: PreflightIO, task: Task): Promise<Diagnostic[]> {
  const entries = plan.spokes.filter((one) => one.skip === undefined)
  const tools = checkBuild(plan, io, 'tools')
  // Awaited below, beside the probes.
  tools.catch(() => {})
  const found = [
    ...entries.flatMap((one) => spokeNamed(one.spoke).check(one.settings, plan)),
    ...missingCredentials(plan, io.credentials),
  ]
  const channel: ChannelIO = {
    http: io.http,
    credentials: io.credentials,
    signal: io.signal,
    clock: () => new Date(),
    task,
    folder: io.folder,
  }
  const asked = entries.filter((one) => needed(one.spoke, one.settings).every((name) => io.credentials.has(name)))
  const probes = asked.map((one) =>
    probe(`${one.spoke} ${one.entry}`, () => spokeNamed(one.spoke).probe(one.settings, channel)),
  )
  if (io.credentials.has(plan.hub.tokenEnv) && plan.hub.disabled === null)
    probes.push(probe('the hub', () => probeHub(plan, io)))
  found.unshift(...(await tools))
  found.push(...(await proofread(plan, io)))
  found.push(...(await Promise.all(probes)).flat())
  task.note(`${entries.length} channels, ${found.filter((one) => one.severity === 'error').length} problems`)
  return found
}

/**
 * Every text that will be published, as its channel's schema or parser reads it, with made-up digests.
 * @example await proofread(plan, { env: process.env, signal, folder: '/tmp/run' }) // []
 */
export async function proofread(plan: Plan, io: ProofreadIO): Promise<Diagnostic[]> {
  const manifest = provisionalManifest(plan)
  const entries = plan.spokes.filter((one) => one.skip === undefined && one.units.length > 0)
  const found = await Promise.all(
    entries.map(async ({ spoke: name, entry, settings }, at) => {
      const spoke = spokeNamed(name)
      if (spoke.proofread === undefined) return []
      const folder = join(io.folder, `proofread-${at}`)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const units: Unit[] = spoke.units(manifest, settings)
      const said = await spoke.proofread(units, { ...io, folder })
      return said.map((one) => ({ ...one, message: `${name} ${entry}: ${one.message}` }))
    }),
  )
  return found.flat()
}

function needed(spoke: string, settings: unknown): string[] {
  return spokeNamed(spoke).credentials(settings)
}

/** A channel that cannot be asked is a problem of its own, not the end of the preflight. */
async function probe(what: string, ask: () => Promise<Diagnostic[]>): Promise<Diagnostic[]> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code === 'interrupted') throw error
    const mend = error.hint === undefined ? {} : { mend: error.hint }
    return [{ severity: 'error', code: `probe-${error.code}`, message: `${what}: ${error.message}`, ...mend }]
  }
}

async function probeHub(plan: Plan, io: PreflightIO): Promise<Diagnostic[]> {
  const { api, upload, owner, repo, tokenEnv } = plan.hub
  const github = createGitHub({ http: io.http, api, upload, token: io.credentials.get(tokenEnv) })
  const facts = await github.repos.read({ owner, repo })
  if (facts === null) {
    return [
      {
        severity: 'error',
        code: 'hub-not-found',
        message: `there is no repository ${owner}/${repo}, or the token in ${tokenEnv} may not see it`,
        mend: 'set release.github, or give the token access to the repository',
      },
    ]
  }
  if (facts.archived) {
    return [
      {
        severity: 'error',
        code: 'hub-archived',
        message: `${owner}/${repo} is archived`,
        mend: 'unarchive it on GitHub',
      },
    ]
  }
  return []
}

function missingCredentials(plan: Plan, credentials: Credentials): Diagnostic[] {
  const wanted = new Map<string, string[]>()
  const want = (name: string, who: string): void => void wanted.set(name, [...(wanted.get(name) ?? []), who])
  if (plan.hub.disabled === null) want(plan.hub.tokenEnv, `the hub ${plan.hub.owner}/${plan.hub.repo}`)
  for (const { spoke, entry, settings, skip } of plan.spokes) {
    if (skip === undefined) for (const name of needed(spoke, settings)) want(name, `${spoke} ${entry}`)
  }
  return [...wanted]
    .filter(([name]) => !credentials.has(name))
    .map(([name, who]) => ({
      severity: 'error',
      code: 'missing-credential',
      message: `${name} is not set; it is needed by ${who.join(', ')}`,
      mend: `set ${name}, or pass over the channel with --skip`,
    }))
}
