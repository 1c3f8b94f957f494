import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { readConfig } from '../config/load.ts'
import type { Report } from '../converge/report.ts'
import { credentialsOf } from '../core/credentials.ts'
import { ExitCode, TagonceError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import { isSettled } from '../core/states.ts'
import { isSecretName } from '../core/secrets.ts'
import { gitIn } from '../external/git.ts'
import { createHttp } from '../external/http.ts'
import type { WebText } from '../external/web-text.ts'
import { createGitHubHub } from '../hub/github.ts'
import type { HubReader } from '../hub/hub.ts'
import { openPlan } from '../plan/open.ts'
import type { PlannedSpoke } from '../plan/plan.ts'
import { projectFiles } from '../plan/project-files.ts'
import { tagRules } from '../plan/tag-rules.ts'
import { cloneForRehearsal, type Clone, type Rehearsable, whatToRehearse } from '../rehearsal/clone.ts'
import { rehearsalFolder } from '../rehearsal/folder.ts'
import { seedWorld } from '../rehearsal/seed.ts'
import { spawnWorld } from '../rehearsal/world-process.ts'
import type { WorldHandle } from '../rehearsal/world.ts'
import { publish, release, type ReleaseIO, type Released } from '../release.ts'
import { type ClientOutcome, runClients } from '../release/clients.ts'
import { outsideOf } from '../release/outside.ts'
import { rememberRehearsal } from '../release/rehearsed.ts'
import { writeReport } from '../release/report.ts'
import { planSpokes, spokeNamed } from '../release/spokes.ts'
import { stopped } from '../release/stopped.ts'
import { spokes } from '../spokes/registry.ts'
import { VERSION } from '../version.ts'

export interface RehearseOptions {
  root: string
  as?: string
  config?: string
  offline: boolean
  folder?: string
  parallelism?: number
  /** What to pass over, as with `release --skip`. */
  skip?: string[]
  events: Events
  env: Record<string, string | undefined>
  signal: AbortSignal
  /** The program that is the local world when it is called with `__world`. */
  program: string[]
}

export interface Rehearsed {
  clone: Clone
  released: Released
  report: Report
  clients: ClientOutcome[]
  /** Requests that would have changed something, sent by publishing a second time into the same world. */
  sentAgain: string[]
  folder: string
  /** Path of the page. */
  page: string
  exitCode: ExitCode
}

/** Commands of the user's that send something: nobody knows where. */
const NEVER_REHEARSED = ['publishers']

/**
 * The whole release on this machine: a clone of HEAD is tagged, built, stored in a local hub and published to local channels by
 * the release path itself; only the routes differ. Then real clients install it, and everything is published a second time.
 */
export async function rehearse(options: RehearseOptions): Promise<Rehearsed> {
  const { root, env, signal, events, as, config } = options
  // What the config names is read from where it always is, with the user's own variables.
  const reading = createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` })
  const outside = outsideOf(reading, env, options.offline)
  const loaded = await readConfig(root, { outside, ...(config === undefined ? {} : { file: config }) })
  const { tagPrefix = '' } = tagRules(loaded, env, root, projectFiles(root))
  // Before the folder of the last rehearsal is emptied.
  const what = await whatToRehearse(root, { env, signal, tagPrefix, ...(as === undefined ? {} : { as }) })
  if (!isAbsolute(loaded.file) && loaded.file !== '-') await mustBeCommitted(root, loaded.file, options)
  const folder = await rehearsalFolder(root, options.folder)
  try {
    return await rehearseIn(folder, what, outside, options)
  } catch (error) {
    const left = `nothing left this machine; what was made until then is in ${folder}`
    throw stopped(error, options.signal, left, 'run it again: a rehearsal begins anew')
  }
}

/** What is rehearsed is the commit: a config that is only in the folder would be missing there. */
async function mustBeCommitted(root: string, file: string, { env, signal }: RehearseOptions): Promise<void> {
  const { code } = await gitIn(root, env, signal).run(['cat-file', '-e', `HEAD:./${file}`])
  if (code === 0) return
  throw new TagonceError('source', `${file} is not committed yet, and a rehearsal takes what is committed`, {
    hint: `git add ${file} && git commit`,
  })
}

async function rehearseIn(
  folder: string,
  what: Rehearsable,
  outside: ReturnType<typeof outsideOf>,
  options: RehearseOptions,
): Promise<Rehearsed> {
  const { events, signal } = options
  const skip = new Set([...NEVER_REHEARSED, ...(options.skip ?? [])])
  const clone = await events.task('clone', async (task) => {
    const made = await cloneForRehearsal(what, join(folder, 'clone'), { env: options.env, signal })
    task.note(
      `${made.commit.slice(0, 7)} as ${made.tag}${made.uncommitted.length === 0 ? '' : `, without ${made.uncommitted.length} uncommitted changes`}`,
    )
    return made
  })
  const worldFolder = join(folder, 'world')
  await mkdir(worldFolder, { recursive: true })
  const env = await buildEnv(clone, options)
  const { plan } = await openPlan({
    root: clone.root,
    env,
    outside,
    signal,
    currentTag: clone.tag,
    planSpokes: (config) => planSpokes(config, skip),
    ...(options.config === undefined ? {} : { config: options.config }),
  })
  if (plan.hub.disabled !== null) throw nothingToRehearse()
  const credentials = await seedWorld({ folder: worldFolder }, plan, spokes, clone.folder)
  const byGit = plan.spokes.filter(
    (one) => one.skip === undefined && (spokeNamed(one.spoke).world.remotes?.(one.settings) ?? []).length > 0,
  )
  const images = readOutside(events)
  const lacking = lackingHere(plan.spokes)
  for (const spoke of lacking.keys()) skip.add(spoke)
  await using world = await events.task('local world', async (task) => {
    const started = await spawnWorld(options.program, worldFolder, { signal, git: byGit.length > 0 })
    task.note(`${started.hosts.length} hosts at ${started.origin}`)
    if (started.git !== undefined && 'lacks' in started.git) {
      for (const { spoke } of byGit) lacking.set(spoke, `not rehearsed: ${started.git.lacks}`)
      for (const { spoke } of byGit) skip.add(spoke)
    }
    return started
  })
  const io: ReleaseIO = {
    events,
    env: { ...env, ...Object.fromEntries(Object.keys(credentials).map((name) => [name, undefined])) },
    configTexts: outside,
    credentials: credentialsOf(credentials),
    http: createHttp({
      routes: world.routes(),
      signal,
      events,
      userAgent: `tagonce/${VERSION}`,
      offline: true,
      ...(options.offline ? {} : { outside: {} }),
    }),
    signal,
    folder: join(folder, 'run'),
    stripSecrets: true,
  }
  await mkdir(io.folder, { recursive: true })
  const stored = await release(
    {
      root: clone.root,
      snapshot: false,
      clean: true,
      skip,
      currentTag: clone.tag,
      ...(options.config === undefined ? {} : { config: options.config }),
      ...(options.parallelism === undefined ? {} : { parallelism: options.parallelism }),
    },
    io,
  )
  const released = withReasons(await publishDraft(stored, clone.root, io), lacking)
  const { report } = released
  if (report === undefined) throw nothingToRehearse()
  const clients = await events.task('clients', async (task) => {
    const reader = await readHub(released, io)
    return runClients(report, reader, world, join(folder, 'clients'), signal, task)
  })
  const sentAgain = await events.task('again', (task) =>
    publishAgain(released, clone, io, world, async (sent) => task.note(sent)),
  )
  await rememberRehearsal(gitIn(options.root, options.env, signal), clone, released.sealed.files)
  const exitCode = exitOf(report, clients, sentAgain)
  const page = await events.task('report', (task) =>
    pageOf(
      { clone, released, report, clients, sentAgain, folder, world, exitCode, read: outside.done, images },
      options,
      (note) => task.note(note),
    ),
  )
  events.emit({ type: 'report', at: Date.now(), path: page })
  return {
    clone,
    released,
    report: { ...report, clients: clients.flatMap((one) => one.result ?? []) },
    clients,
    sentAgain,
    folder,
    page,
    exitCode,
  }
}

function nothingToRehearse(): TagonceError {
  const message = 'the config disables the release, so there is nothing to rehearse'
  return new TagonceError('plan', message, { hint: 'look at release.disable' })
}

/** `release.draft`: what a person does by hand with a release that is stored; without it no channel would have anything to show. */
async function publishDraft(stored: Released, root: string, io: ReleaseIO): Promise<Released> {
  const { plan, sealed, report } = stored
  if (report?.hub.state !== 'staged') return stored
  return io.events.task('draft', async (task) => {
    task.note('release.draft is set: published as you will do by hand, then the spokes run')
    const published = { ...plan, hub: { ...plan.hub, draft: false } }
    return { ...stored, report: await publish(published, sealed, root, { ...io, folder: join(io.folder, 'draft') }) }
  })
}

/** Spokes whose packages can't be made on this machine, with the reason. A release stops there; the others are rehearsed all the same. */
function lackingHere(planned: readonly PlannedSpoke[]): Map<string, string> {
  const names = new Set(planned.flatMap((one) => (one.skip === undefined ? [one.spoke] : [])))
  const lacks = [...names].map((name) => [name, spokeNamed(name).world.lacks?.()] as const)
  return new Map(lacks.flatMap(([name, why]) => (why === undefined ? [] : [[name, `not rehearsed: ${why}`]])))
}

/** What is read from outside of the local world from now on; tokens are left out, and what a signed link has behind its `?`. */
function readOutside(events: Events): ReadonlySet<string> {
  const read = new Set<string>()
  events.on((event) => {
    if (event.type !== 'request' || event.outside !== true || event.status !== 200) return
    const { origin, pathname } = new URL(event.url)
    if (pathname.includes('/manifests/') || pathname.includes('/blobs/')) read.add(`${origin}${pathname}`)
  })
  return read
}

/** Says of the channels that this machine can't rehearse why; the release itself only knows that they were passed over. */
function withReasons(released: Released, lacking: ReadonlyMap<string, string>): Released {
  if (released.report === undefined) return released
  const channels = released.report.channels.map((one) => ({ ...one, ...reasonOf(lacking.get(one.spoke)) }))
  return { ...released, report: { ...released.report, channels } }
}

function reasonOf(skip: string | undefined): { skip?: string } {
  return skip === undefined ? {} : { skip }
}

function exitOf(report: Report, clients: ClientOutcome[], sentAgain: string[]): ExitCode {
  const failed = clients.some((one) => one.failure !== undefined) || sentAgain.length > 0
  if (failed) return ExitCode.failed
  // Nobody reviews or merges in a rehearsal: what waits for that is as far as it can be.
  const waits = report.channels.every(
    (one) => one.failure === undefined && one.units.every((unit) => isSettled(unit.observation.state)),
  )
  return waits && report.hub.state === 'live' ? ExitCode.ok : report.exitCode
}

function readHub(released: Released, io: ReleaseIO): Promise<HubReader> {
  const hub = createGitHubHub(released.plan.hub, { ...io, folder: join(io.folder, 'clients-hub') })
  return hub.read(released.plan.source.tag)
}

/** Publishes a second time into the same world: all is live, so nothing may be sent. */
async function publishAgain(
  released: Released,
  clone: Clone,
  io: ReleaseIO,
  world: WorldHandle,
  note: (text: string) => Promise<void>,
): Promise<string[]> {
  const writes = (): string[] =>
    world
      .requests()
      .filter((one) => one.mutating && one.who === 'tagonce')
      .map((one) => `${one.method} ${one.host}${one.path}`)
  const before = writes().length
  await publish(released.plan, released.sealed, clone.root, { ...io, folder: join(io.folder, 'again') })
  const sent = writes().slice(before)
  await note(
    sent.length === 0
      ? 'published again: nothing to send'
      : `published again: ${sent.length} requests were sent, which should not be`,
  )
  return sent
}

/**
 * The environment of the rehearsed build: no credential of the user's, and a made-up value for each secret that the config reads
 * by name, so that no token is needed.
 */
async function buildEnv(clone: Clone, { env, offline }: RehearseOptions): Promise<Record<string, string | undefined>> {
  const kept = Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !isSecretName(name) && !name.startsWith('GORELEASER_') && !/^GITHUB_(REF|SHA|EVENT)/.test(name),
    ),
  )
  const git = gitIn(clone.root, env)
  const used = await git.lines([
    'grep',
    '-h',
    '-o',
    '-E',
    String.raw`\.Env\.[A-Za-z_][A-Za-z0-9_]*`,
    '--',
    '*.yaml',
    '*.yml',
  ])
  const named = [...new Set(used.map((text) => text.replace('.Env.', '')))].filter(isSecretName)
  const madeUp = Object.fromEntries(named.map((name) => [name, `rehearsal-${name.toLowerCase().replaceAll('_', '-')}`]))
  return {
    ...kept,
    ...madeUp,
    ...(offline ? { GOPROXY: 'off', GOFLAGS: `${env['GOFLAGS'] ?? ''} -mod=mod`.trim(), GOTOOLCHAIN: 'local' } : {}),
  }
}

interface Told extends Omit<Rehearsed, 'page'> {
  world: WorldHandle
  /** Texts that the config named by an address. */
  read: readonly WebText[]
  /** Addresses that a spoke read from where they always are: base images. */
  images: ReadonlySet<string>
}

async function pageOf(told: Told, options: RehearseOptions, note: (text: string) => void): Promise<string> {
  const { clone, released, report, clients, sentAgain, folder, world } = told
  const outside = options.offline
    ? 'nothing: --offline'
    : 'what the compiler fetches (modules), what the config includes, base images; read only'
  const page = await writeReport(folder, report, {
    commit: clone.commit,
    at: new Date().toISOString(),
    files: released.sealed.files.length,
    facts: [
      ['what', 'a rehearsal: every channel is a local server, nothing left this machine'],
      ['read from outside', outside],
      ['published again', sentAgain.length === 0 ? 'nothing to send' : `${sentAgain.length} requests were sent`],
    ],
    proofs: Object.fromEntries(clients.map((one) => [`${one.spoke} ${one.entry}`, one.text])),
    sections: [
      {
        title: 'Files',
        rows: released.sealed.files.map((one) => [one.name, String(one.size), `sha256:${one.sha256}`]),
      },
      {
        title: 'Read from outside',
        rows: [
          ...told.read.map((one) => [one.url, `sha256:${one.sha256}`, one.cached ? 'a copy of an earlier run' : '']),
          ...[...told.images].toSorted().map((url) => [url, '', '']),
        ],
      },
      { title: 'Changes that are not in it', rows: clone.uncommitted.map((line) => [line]) },
      {
        title: 'Requests',
        rows: world
          .requests()
          .filter((one) => one.mutating)
          .map((one) => [one.method, `${one.host}${one.path}`, String(one.status)]),
      },
    ].filter((one) => one.rows.length > 0),
  })
  await writeFile(
    join(dirname(page), 'digests.txt'),
    released.sealed.files.map((one) => `${one.sha256}  ${one.name}\n`).join(''),
  )
  note(page)
  return page
}
