import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkBuild } from '../builders/build.ts'
import type { Credentials } from '../core/credentials.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import type { Task } from '../core/events.ts'
import { createGitHub } from '../external/github.ts'
import type { Http } from '../external/http.ts'
import type { Plan, PlannedSpoke } from '../plan/plan.ts'
import type { ChannelIO, Finding, ProofreadIO, Unit } from '../spokes/spoke.ts'
import { type ConfigPlaces, keyNaming, placed } from './places.ts'
import { provisionalManifest, spokeNamed } from './spokes.ts'

export interface PreflightIO {
  /** Absolute root of the project. */
  root: string
  http: Http
  credentials: Credentials
  env: Record<string, string | undefined>
  signal: AbortSignal
  folder: string
  stripSecrets?: boolean
  /** Where things stand in the config. */
  places: ConfigPlaces
}

/**
 * What has to be true before anything is built: tools, credentials of every enabled channel, each channel's own rules, and what
 * the channels themselves say. All problems at once; reads only.
 */
export async function preflight(plan: Plan, io: PreflightIO, task: Task): Promise<Diagnostic[]> {
  const { places } = io
  const entries = plan.spokes.filter((one) => one.skip === undefined)
  const tools = checkBuild(plan, io, 'tools')
  // Awaited below, beside the probes.
  tools.catch(() => {})
  const found = [...channelRules(plan, places), ...missingCredentials(plan, io.credentials, places)]
  const channel: ChannelIO = {
    http: io.http,
    credentials: io.credentials,
    signal: io.signal,
    clock: () => new Date(),
    task,
    folder: io.folder,
    ...(io.stripSecrets === undefined ? {} : { stripSecrets: io.stripSecrets }),
  }
  const asked = entries.filter((one) => needed(one.spoke, one.settings).every((name) => io.credentials.has(name)))
  const probes = asked.map((one) =>
    probe(`${one.spoke} ${one.entry}`, one.at, places, () => spokeNamed(one.spoke).probe(one.settings, channel)),
  )
  if (io.credentials.has(plan.hub.tokenEnv) && plan.hub.disabled === null)
    probes.push(probe('the hub', HUB, places, () => probeHub(plan, io)))
  found.unshift(...(await tools))
  found.push(...(await proofread(plan, places, io)))
  found.push(...once((await Promise.all(probes)).flat()))
  const errors = found.filter((one) => one.severity === 'error').length
  const channels = `${entries.length} ${entries.length === 1 ? 'channel' : 'channels'}`
  task.note(`${channels}, ${errors} ${errors === 1 ? 'problem' : 'problems'}`)
  return found
}

/** Where the config says where the hub is. */
const HUB = ['release', 'github']

/**
 * What the rules of every channel say of a plan, before anything is built. Pure.
 * @example channelRules(plan, loaded) // [{ severity: 'error', code: 'scoop-name', where: { line: 12, … }, … }]
 */
export function channelRules(plan: Plan, places: ConfigPlaces): Diagnostic[] {
  return plan.spokes
    .filter((one) => one.skip === undefined)
    .flatMap(({ spoke, settings, at }) =>
      spokeNamed(spoke)
        .check(settings, plan)
        .map((one) => placed(one, at, places)),
    )
}

/**
 * Every text that will be published, as its channel's schema or parser reads it, with made-up digests.
 * @example await proofread(plan, loaded, { env: process.env, signal, folder: '/tmp/run' }) // []
 */
export async function proofread(plan: Plan, places: ConfigPlaces, io: ProofreadIO): Promise<Diagnostic[]> {
  const manifest = provisionalManifest(plan)
  const entries = plan.spokes.filter((one) => one.skip === undefined && one.units.length > 0)
  const found = await Promise.all(
    entries.map(async ({ spoke: name, entry, settings, at }, index) => {
      const spoke = spokeNamed(name)
      if (spoke.proofread === undefined) return []
      const folder = join(io.folder, `proofread-${index}`)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const units: Unit[] = spoke.units(manifest, settings)
      const said = await spoke.proofread(units, { ...io, folder })
      const mend = 'mend the texts of this entry: they go into that file as they stand'
      return said.map((one) => placed({ mend, ...one, message: `${name} ${entry}: ${one.message}` }, at, places))
    }),
  )
  return found.flat()
}

function needed(spoke: string, settings: unknown): string[] {
  return spokeNamed(spoke).credentials(settings)
}

/** A channel that cannot be asked is a problem of its own, not the end of the preflight. */
async function probe(
  what: string,
  at: PlannedSpoke['at'],
  places: ConfigPlaces,
  ask: () => Promise<Finding[]>,
): Promise<Diagnostic[]> {
  const found = await answered(what, ask)
  return found.map((one) => placed(one, at, places))
}

/** Entries that share a channel (a formula and a cask in one tap) tell the same of it. */
function once(found: Diagnostic[]): Diagnostic[] {
  const told = new Set<string>()
  return found.filter(({ code, message }) => {
    const key = JSON.stringify([code, message])
    return told.has(key) ? false : told.add(key)
  })
}

async function answered(what: string, ask: () => Promise<Finding[]>): Promise<Finding[]> {
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

function missingCredentials(plan: Plan, credentials: Credentials, places: ConfigPlaces): Diagnostic[] {
  const wanted = new Map<string, { who: string; at: PlannedSpoke['at'] }[]>()
  const want = (name: string, who: string, at: PlannedSpoke['at']): void =>
    void wanted.set(name, [...(wanted.get(name) ?? []), { who, at }])
  if (plan.hub.disabled === null) want(plan.hub.tokenEnv, `the hub ${plan.hub.owner}/${plan.hub.repo}`, HUB)
  for (const { spoke, entry, settings, skip, at } of plan.spokes) {
    if (skip === undefined) for (const name of needed(spoke, settings)) want(name, `${spoke} ${entry}`, at)
  }
  return [...wanted]
    .filter(([name]) => !credentials.has(name))
    .map(([name, users]) => {
      const keys = users.map(({ at }) => [...at, ...keyNaming(name, at, places)])
      // The place that names it, or else the first that can be shown.
      const where = [...keys].sort((a, b) => b.length - a.length).find((one) => places.positionOf(one) !== undefined)
      const message = `${name} is not set; it is needed by ${users.map(({ who }) => who).join(', ')}`
      // The runner sets these, and only for a job that may have them.
      const how = name.startsWith('ACTIONS_ID_TOKEN_')
        ? 'run it in a job of GitHub Actions with `permissions: id-token: write`'
        : `set ${name}`
      const mend = `${how}, or pass over the channel with --skip`
      return placed({ severity: 'error', code: 'missing-credential', message, mend }, where ?? [], places)
    })
}
