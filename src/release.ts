import { join } from 'node:path'
import { stringify } from 'yaml'
import { checkBuild } from './builders/build.ts'
import { prepareDist } from './builders/dist.ts'
import type { Loaded } from './config/load.ts'
import { withDefaults } from './config/defaults.ts'
import type { Outside } from './config/outside.ts'
import { converge } from './converge/converge.ts'
import type { Report } from './converge/report.ts'
import type { Credentials } from './core/credentials.ts'
import { type Diagnostic, throwIfErrors } from './core/errors.ts'
import type { Events } from './core/events.ts'
import type { Observation } from './core/states.ts'
import type { DistText } from './dist/texts-json.ts'
import { writeArtifacts, writeConfig, writeMetadata } from './dist/dist.ts'
import { gitIn } from './external/git.ts'
import type { Http } from './external/http.ts'
import { createGitHubHub } from './hub/github.ts'
import type { PackedArtifact } from './pack/packed.ts'
import { type OpenPlan, openPlan } from './plan/open.ts'
import type { Plan, PlannedBinary } from './plan/plan.ts'
import { writeDigests } from './release/digests.ts'
import { deferredReport } from './release/deferred.ts'
import { compareWithRehearsal } from './release/rehearsed.ts'
import { makeArtifacts } from './release/make.ts'
import { catalogRelease } from './release/catalog.ts'
import { earlierFiles, earlierProgram, earlierRelease } from './release/earlier.ts'
import { withInstructions } from './release/instructions.ts'
import { notesOf } from './release/notes.ts'
import { outsideOf } from './release/outside.ts'
import { withTokenFile } from './release/token-file.ts'
import { writeImages } from './release/images.ts'
import { writeTexts } from './release/texts.ts'
import { missingTools } from './release/tools.ts'
import { preflight } from './release/preflight.ts'
import { sealRelease } from './release/seal.ts'
import type { Sealed } from './release/sealed.ts'
import { planSpokes } from './release/spokes.ts'
import type { NotesTexts } from './release/given-texts.ts'
import { runAfter, runBeforePublish } from './release/hooks.ts'
import { stopped } from './release/stopped.ts'
import { spokes } from './spokes/registry.ts'
import type { DistImage } from './spokes/spoke.ts'

export interface ReleaseOptions {
  /** Absolute root of the project. */
  root: string
  config?: string
  /** Build and pack only; no tag, no credentials. */
  snapshot: boolean
  /** This commit, whatever tag it has, under a version of its own. */
  nightly?: boolean
  clean: boolean
  /** Words of `--skip`. */
  skip: ReadonlySet<string>
  parallelism?: number
  /** Texts given on the command line; `notes` stand instead of the changelog, header and footer around it. */
  texts?: NotesTexts
  /** Whatever the config says. */
  draft?: boolean
  /** The tag by name, before all other rules. */
  currentTag?: string
}

export interface ReleaseIO {
  events: Events
  /** Environment of the build. */
  env: Record<string, string | undefined>
  credentials: Credentials
  http: Http
  signal: AbortSignal
  /** Reads what the config names by an address; by `http` and `env` unless given. */
  configTexts?: Outside
  /** A private folder of this run. */
  folder: string
  /** The user's hooks get no variable that holds a secret. */
  stripSecrets: boolean
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

export interface Released {
  plan: Plan
  sealed: Sealed
  /** What the channels show; undefined where nothing was to be published. */
  report?: Report
}

/** The story: plan → check → build → pack → seal → hub → spokes → report. Run again after any failure, it goes on from what is there. */
export async function release(options: ReleaseOptions, given: ReleaseIO): Promise<Released> {
  const publishing = !options.snapshot && !options.skip.has('publish')
  const { plan, loaded, late } = await planRelease(options, given)
  const io = given.stripSecrets ? given : await withToken(options.root, loaded, given)
  const signing = { ...io, root: options.root, late }
  await io.events.task('check', async (task) => {
    const where = { ...io, root: options.root, places: loaded }
    const found = publishing ? await preflight(plan, where, task) : await checkBuild(plan, where, 'tools')
    tell([...found, ...(await missingTools(plan, { ...where, late }))], io.events)
  })
  await prepareDist(options.root, plan.dist, { clean: options.clean })
  const made: { binaries: PlannedBinary[]; artifacts: PackedArtifact[] } = { binaries: [], artifacts: [] }
  let sealed: Sealed | undefined
  let texts: DistText[] = []
  let images: DistImage[] = []
  const record = async (): Promise<void> => {
    const where = { root: options.root, dist: plan.dist, modTimestamp: plan.modTimestamp }
    const artifacts = sealed?.files ?? made.artifacts
    await writeMetadata(plan.project, plan.source, where)
    await writeConfig(stringify(withDefaults(loaded.config, plan.project)), where)
    await writeArtifacts(
      {
        binaries: plan.binaries,
        artifacts,
        digests: sealed?.digests ?? new Map(),
        texts,
        images,
        reportSizes: plan.reportSizes ?? false,
      },
      where,
    )
  }
  try {
    const before = publishing ? await earlierRelease(plan, io) : undefined
    const earlier =
      before === undefined
        ? {}
        : { earlier: earlierFiles(before, options.root), earlierProgram: earlierProgram(before) }
    const makeIO = { ...options, ...signing, ...earlier }
    await makeArtifacts(plan, makeIO, made)
    await catalogRelease(plan, made, makeIO)
    const notes = withInstructions(plan, loaded, await notesOf(plan, loaded, options.texts ?? {}, signing))
    await writeMetadata(plan.project, plan.source, { ...signing, dist: plan.dist, modTimestamp: plan.modTimestamp })
    sealed = await io.events.task('seal', (task) => sealRelease(plan, made.artifacts, notes, makeIO, task))
    const warn = (diagnostic: Diagnostic): void => io.events.diagnostic(diagnostic)
    texts = await writeTexts(plan, sealed.manifest, { root: options.root, skip: options.skip, warn })
    if (options.snapshot) images = await writeImages(plan, sealed, { ...io, root: options.root })
  } catch (error) {
    // What exists is told; where that fails too (a full disk), what failed first is the news.
    await record().catch(() => {})
    const left = `${plan.dist} holds ${made.binaries.length} of ${plan.binaries.length} binaries and ${made.artifacts.length} packed ${made.artifacts.length === 1 ? 'file' : 'files'}; nothing was published`
    throw stopped(error, io.signal, left, 'run it again with --clean')
  }
  await record()
  const git = gitIn(options.root, io.env, io.signal)
  for (const one of await compareWithRehearsal(git, plan.source, sealed.files)) io.events.diagnostic(one)
  const hooks = { root: options.root, env: io.env, events: io.events, signal: io.signal, stripSecrets: io.stripSecrets }
  if (!publishing || plan.hub.disabled !== null) {
    await runAfter(plan, hooks)
    return { plan, sealed }
  }
  await runBeforePublish(plan, loaded.config.before_publish ?? [], sealed.files, { ...hooks, late }, options.skip)
  try {
    const report = await publish(plan, sealed, options.root, io)
    await writeDigests(report, plan, loaded.config, { root: options.root, late, skip: options.skip })
    await runAfter(plan, hooks)
    return { plan, sealed, report }
  } catch (error) {
    const left = `${plan.dist} is whole; what the hub and the channels have taken stays there`
    throw stopped(error, io.signal, left, 'run it again with --clean: it goes on from what they show')
  }
}

/** The hub first, then all spokes from what the hub gives back. May be repeated: where all is live, nothing is sent. */
export async function publish(plan: Plan, sealed: Sealed, root: string, io: ReleaseIO): Promise<Report> {
  const stored = await storeInHub(plan, sealed, root, io)
  const skip = new Set(plan.spokes.flatMap(({ spoke, thisRun }) => (thisRun ? [spoke] : [])))
  return stored.state === 'live' ? runSpokes(plan, skip, io) : deferredReport(plan, stored)
}

/** Reads config and git. All problems of both at once; a key that is not carried out yet is one. */
async function planRelease(options: ReleaseOptions, io: ReleaseIO): Promise<OpenPlan> {
  return io.events.task('plan', async (task) => {
    const { root, config, snapshot, skip, currentTag, nightly = false } = options
    const opened = await openPlan({
      root,
      env: io.env,
      outside: io.configTexts ?? outsideOf(io.http, io.env),
      snapshot,
      nightly,
      skip,
      signal: io.signal,
      planSpokes: (spokeConfig) => planSpokes(spokeConfig, skip),
      ...(config === undefined ? {} : { config }),
      ...(currentTag === undefined ? {} : { currentTag }),
    })
    const { loaded, late } = opened
    const plan = options.draft === true ? { ...opened.plan, hub: { ...opened.plan.hub, draft: true } } : opened.plan
    const found = plan.diagnostics.map((one) => strict(one, loaded, skip))
    tell(found, io.events)
    task.note(`${plan.project} ${plan.version}, ${plan.binaries.length} binaries, ${plan.spokes.length} spokes`)
    return { plan, loaded, late }
  })
}

/** A token may also lie in a file (`env_files`); in a rehearsal the user's stays where it is. */
async function withToken(root: string, loaded: Loaded, io: ReleaseIO): Promise<ReleaseIO> {
  return { ...io, credentials: await withTokenFile(io.credentials, loaded.config, root, io.env['HOME']) }
}

/** What is no error is told on the way; errors end the release, all at once. */
function tell(found: Diagnostic[], events: Events): void {
  const errors = found.filter((one) => one.severity === 'error')
  for (const one of found) if (one.severity !== 'error') events.diagnostic(one)
  throwIfErrors('plan', 'the release cannot begin', errors)
}

/** At a release, a key that nobody carries out is an error, unless it is passed over by name. */
function strict(one: Diagnostic, loaded: Loaded, skip: ReadonlySet<string>): Diagnostic {
  const key = loaded.unsupported.find(({ position }) => one.code === 'not-built' && position === one.where)?.key
  if (key === undefined) return one
  return skip.has(key)
    ? { severity: 'info', code: one.code, message: `\`${key}\` is passed over` }
    : { ...one, severity: 'error' }
}

async function storeInHub(plan: Plan, sealed: Sealed, root: string, io: ReleaseIO): Promise<Observation> {
  return io.events.task('hub', async (task) => {
    const hub = createGitHubHub(plan.hub, { ...io, folder: join(io.folder, 'hub') })
    const { source } = plan
    const { title, draft, prerelease, makeLatest, mode, discussion, moving } = plan.hub
    const topic = { ...(discussion === undefined ? {} : { discussion }), ...(moving === undefined ? {} : { moving }) }
    const seen = await hub.store(
      {
        tag: source.tag,
        commit: source.commit,
        title,
        body: sealed.body,
        draft,
        prerelease,
        makeLatest,
        mode,
        ...topic,
      },
      sealed.uploads(root),
      task,
    )
    task.note(`${seen.state}${seen.reason === undefined ? '' : `: ${seen.reason}`}`)
    return seen
  })
}

/** All spokes at once, from what the hub itself gives back. */
async function runSpokes(plan: Plan, skip: ReadonlySet<string>, io: ReleaseIO): Promise<Report> {
  const hub = createGitHubHub(plan.hub, { ...io, folder: join(io.folder, 'reader') })
  const reader = await hub.read(plan.source.tag)
  return io.events.task('spokes', (task) =>
    converge(
      reader,
      spokes,
      { ...io, task, clock: () => new Date(), folder: join(io.folder, 'spokes') },
      { verify: true, skip },
    ),
  )
}
