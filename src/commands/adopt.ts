import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Credentials } from '../core/credentials.ts'
import { TagonceError } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { Events, Task } from '../core/events.ts'
import type { Http } from '../external/http.ts'
import type { Release } from '../external/github-releases.ts'
import { hashFile } from '../formats/hash.ts'
import { checkRepository, contextOf } from '../hub/context.ts'
import type { HubContext } from '../hub/context.ts'
import { createGitHubHub } from '../hub/github.ts'
import type { Manifest, SealedSpoke } from '../manifest/manifest.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import { readManifest } from '../manifest/read.ts'
import { manifestText, seal } from '../manifest/seal.ts'
import { openPlan } from '../plan/open.ts'
import type { Plan } from '../plan/plan.ts'
import { adoptArtifacts } from '../release/adopt/artifacts.ts'
import { compareChecksums, releaseAssets } from '../release/adopt/assets.ts'
import { checkoutTag } from '../release/adopt/checkout.ts'
import { sealedAtTag } from '../release/adopt/spokes.ts'
import { outsideOf } from '../release/outside.ts'
import { channelRules, proofread } from '../release/preflight.ts'
import { planSpokes } from '../release/spokes.ts'
import { VERSION } from '../version.ts'

export interface AdoptOptions {
  /** The project. */
  root: string
  tag: string
  config?: string
  /** Spokes that are passed over. */
  skip: ReadonlySet<string>
  /** Only look and print: nothing is uploaded. */
  dryRun: boolean
  env: Record<string, string | undefined>
}

export interface AdoptIO {
  http: Http
  credentials: Credentials
  events: Events
  signal: AbortSignal
  /** A private folder of this run. */
  folder: string
}

export interface Adopted {
  manifest: Manifest
  /** `there`: the release had it already. */
  outcome: 'uploaded' | 'there' | 'dry run'
}

/**
 * Makes a release that another tool (or a person) made into a hub: a manifest is sealed from its assets, the headers of the programs
 * in them and the config, and uploaded. Every spoke then runs from it. Nothing else of the release is touched, and all problems are
 * told at once.
 * @example await adopt({ root: '.', tag: 'v2.0.1', skip: new Set(), dryRun: false, env: process.env }, io)
 */
export async function adopt(options: AdoptOptions, io: AdoptIO): Promise<Adopted> {
  const { root, tag, env } = options
  const { plan, loaded, project } = await io.events.task('plan', async (task) => {
    const config = options.config === undefined ? {} : { config: options.config }
    const where = { root, tag, env, signal: io.signal, folder: join(io.folder, 'checkout'), ...config }
    const project = await checkoutTag(where)
    const { plan, loaded } = await openPlan({
      root: project,
      env,
      outside: outsideOf(io.http, env),
      snapshot: false,
      // The copy holds the config of today, so it is dirty by intent.
      skip: new Set([...options.skip, 'validate']),
      currentTag: tag,
      signal: io.signal,
      planSpokes: (spokeConfig) => planSpokes(spokeConfig, options.skip),
      ...config,
    })
    task.note(`${plan.project} ${plan.version}, ${plan.spokes.length} spokes`)
    return { plan, loaded, project }
  })
  // What is not carried out here, GoReleaser has done.
  tell([...plan.diagnostics, ...channelRules(plan, loaded)], tag, io.events)
  tell(await proofread(plan, loaded, { env, signal: io.signal, folder: join(io.folder, 'texts') }), tag, io.events)
  io.credentials.get(plan.hub.tokenEnv)
  const context = await checkRepository(contextOf(plan.hub, io), tag, plan.source.commit)
  const release = await publicRelease(context, tag)
  const listed = await context.github.assets.list(context.at, release.id)
  const cut = listed.filter((one) => one.state !== 'uploaded')
  if (cut.length > 0) {
    throw new TagonceError(
      'hub',
      `the release has files that were cut underway: ${cut.map((one) => one.name).join(', ')}`,
      {
        hint: 'delete them and upload them again',
      },
    )
  }
  const assets = await releaseAssets(context, listed, join(io.folder, 'assets'))
  const { artifacts, found } = await io.events.task('assets', async (task) => {
    const read = await adoptArtifacts(plan, assets, { folder: join(io.folder, 'programs'), places: loaded, task })
    return { ...read, found: [...read.found, ...(await compareChecksums(plan, assets))] }
  })
  const manifest = await io.events.task('seal', async (task) => {
    const atTag = await sealedAtTag(plan, loaded, { ...io, root: project }, task)
    tell([...found, ...atTag.found], tag, io.events)
    return sealed(plan, release, artifacts, atTag.spokes)
  })
  if (assets.has(MANIFEST_NAME)) {
    sameAs(readManifest(await readFile(await assets.file(MANIFEST_NAME), 'utf8')), manifest, tag)
    return { manifest, outcome: 'there' }
  }
  if (options.dryRun) return { manifest, outcome: 'dry run' }
  if (release.immutable) {
    throw new TagonceError('hub', `the release ${tag} is immutable: GitHub takes no further file, so no manifest`, {
      hint: 'release a new version with `tagonce release`, which stores the manifest before the release becomes public',
    })
  }
  await io.events.task('hub', (task) => upload(plan, release, manifest, io, task))
  return { manifest, outcome: 'uploaded' }
}

/** The release of a tag as everybody sees it; a draft is not one. */
async function publicRelease({ github, at }: HubContext, tag: string): Promise<Release> {
  const found = await github.releases.readByTag(at, tag)
  if (found !== null) return found
  const name = `${at.owner}/${at.repo}`
  if ((await github.releases.list(at)).some((one) => one.tag === tag && one.draft)) {
    throw new TagonceError('hub', `the release ${tag} of ${name} is still a draft`, {
      hint: 'publish it, then run the same command again',
    })
  }
  throw new TagonceError('hub', `${name} has no release for the tag ${tag}`, { hint: 'tagonce release makes one' })
}

function sealed(plan: Plan, release: Release, artifacts: Manifest['artifacts'], spokes: SealedSpoke[]): Manifest {
  const { prerelease } = release
  return seal({
    plan: { ...plan, hub: { ...plan.hub, prerelease } },
    fragments: [{ artifacts }],
    spokes,
    notes: release.body.replaceAll('\r\n', '\n'),
    tool: VERSION,
  })
}

/** The text stays as it is; only the manifest is sent, and read back. */
async function upload(plan: Plan, release: Release, manifest: Manifest, io: AdoptIO, task: Task): Promise<void> {
  await mkdir(io.folder, { recursive: true })
  const path = join(io.folder, MANIFEST_NAME)
  await writeFile(path, manifestText(manifest))
  const { size, digests } = await hashFile(path, ['sha256'])
  const file = { name: MANIFEST_NAME, path, size, sha256: digests.sha256, contentType: 'application/json' }
  const hub = createGitHubHub(plan.hub, { ...io, folder: join(io.folder, 'hub') })
  const text = {
    tag: plan.source.tag,
    commit: plan.source.commit,
    title: release.name,
    body: release.body,
    draft: false,
    prerelease: release.prerelease,
    makeLatest: 'auto' as const,
    mode: 'keep-existing' as const,
  }
  const seen = await hub.store(text, [file], task)
  if (seen.state !== 'live')
    throw new TagonceError('hub', `the manifest could not be stored: ${seen.reason ?? seen.state}`)
}

/** A manifest that is there counts, whichever version of tagonce made it; one that says something else is never replaced. */
function sameAs(there: Manifest, ours: Manifest, tag: string): void {
  const differing = (Object.keys(ours) as (keyof Manifest)[]).filter(
    (key) => key !== 'tool' && key !== '$schema' && JSON.stringify(there[key]) !== JSON.stringify(ours[key]),
  )
  if (differing.length === 0) return
  const names = differing.flatMap((key) =>
    key === 'artifacts' || key === 'spokes' ? namesOf(key, there, ours) : [key],
  )
  throw new TagonceError('manifest', `the release ${tag} has a manifest that says otherwise: ${names.join(', ')}`, {
    hint: `it stays: \`tagonce publish --tag ${tag}\` runs from it. To seal it anew, delete the asset ${MANIFEST_NAME} first`,
  })
}

function namesOf(key: 'artifacts' | 'spokes', there: Manifest, ours: Manifest): string[] {
  const list = (of: Manifest): Map<string, string> =>
    new Map(
      key === 'artifacts'
        ? of.artifacts.map((one) => [one.name, JSON.stringify(one)])
        : of.spokes.map((one) => [`${one.spoke} ${one.entry}`, JSON.stringify(one)]),
    )
  const [a, b] = [list(there), list(ours)]
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).sort()
}

/** What is wrong with these may be that a file of the project is not there. */
const OF_FILES = new Set(['docker-file', 'missing-file', 'not-sealed'])

/** What is no error is told on the way; errors end it, all at once, before anything is sent. */
function tell(found: Diagnostic[], tag: string, events: Events): void {
  for (const one of found) if (one.severity !== 'error') events.diagnostic(one)
  const errors = found.filter((one) => one.severity === 'error')
  if (errors.length === 0) return
  const hint = `files of the project are those of ${tag}; what a hook writes or a later commit adds is not there`
  throw new TagonceError('hub', 'the release cannot be adopted', {
    diagnostics: errors,
    ...(errors.some((one) => OF_FILES.has(one.code)) ? { hint } : {}),
  })
}
