import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { converge } from '../../../converge/converge.ts'
import type { Report } from '../../../converge/report.ts'
import type { Artifact } from '../../../core/artifact.ts'
import { credentialsOf } from '../../../core/credentials.ts'
import { Events } from '../../../core/events.ts'
import { createHttp } from '../../../external/http.ts'
import type { Http } from '../../../external/http.ts'
import { gzip } from '../../../formats/gzip.ts'
import { hashFile } from '../../../formats/hash.ts'
import { tar } from '../../../formats/tar.ts'
import { hubReader } from '../../../hub/reader.ts'
import type { HubReader } from '../../../hub/hub.ts'
import type { Plan } from '../../../plan/plan.ts'
import { planOf } from '../../../plan/test-plan.ts'
import { planSpokes, provisionalManifest } from '../../../release/spokes.ts'
import type { ChannelIO } from '../../spoke.ts'
import { docker } from '../index.ts'
import { ko } from '../ko/index.ts'
import type { DockerSettings } from '../settings.ts'
import type { DockerUnit } from '../units.ts'

/** A project with two targets and images. */
export interface Project {
  /** What stands below the builds in the config. */
  yaml: string
  files: Record<string, string>
  version?: string
  snapshot?: boolean
  builds?: string
  archives?: string
  /** Bytes of a target's program; made up unless given. */
  program?: (target: string, version: string) => Buffer
}

const BUILDS = `project_name: hello
builds:
  - goos: [linux]
    goarch: [amd64, arm64]
    no_main_check: true
`

/** The plan of a project, its spokes resolved. */
export function planned(project: Project): Promise<Plan> {
  const { version = '1.2.3' } = project
  return planOf(`${project.builds ?? BUILDS}${project.archives ?? ''}${project.yaml}`, {
    tree: project.files,
    source: {
      tag: `v${version}`,
      version,
      rawVersion: version,
      commit: 'c0ffee'.padEnd(40, '1'),
      semver: semverOf(version),
      snapshot: project.snapshot ?? false,
    },
    planSpokes: (config) => planSpokes(config, new Set()),
  })
}

function semverOf(version: string): Plan['source']['semver'] {
  const [, major, minor, patch, prerelease = ''] = /^(\d+)\.(\d+)\.(\d+)(?:-(.*))?$/.exec(version) ?? []
  return { major: Number(major), minor: Number(minor), patch: Number(patch), prerelease, metadata: '' }
}

/** A program of a target, made up; other bytes for each version. */
export function program(target: string, version: string): Buffer {
  return Buffer.from(`#!/bin/sh\necho "hello ${version} for ${target}"\n${'#'.repeat(100_000)}`)
}

export interface Published {
  plan: Plan
  hub: HubReader
  entries: { settings: DockerSettings; units: DockerUnit[] }[]
}

/** A whole release, sealed, read as from a hub; its images are pinned with `io`. */
export async function sealed(project: Project, io: ChannelIO): Promise<Published> {
  const plan = await planned(project)
  const faults = plan.diagnostics.filter((one) => one.severity === 'error')
  if (faults.length > 0) throw new Error(faults.map((one) => one.message).join('\n'))
  const { version } = plan
  const root = join(io.folder, `project-${version}`)
  for (const [name, text] of Object.entries(project.files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
    if (name.endsWith('.sh')) await chmod(join(root, name), 0o755)
  }
  const assets = join(io.folder, `assets-${version}`)
  await mkdir(assets, { recursive: true })
  const provisional = provisionalManifest(plan)
  const artifacts: Artifact[] = []
  for (const one of provisional.artifacts)
    artifacts.push(await packed(one, assets, (project.program ?? program)(one.platform?.target ?? '', version)))
  const spokes = []
  for (const { spoke, entry, settings, skip } of plan.spokes.filter((one) => ['docker', 'ko'].includes(one.spoke))) {
    const parsed = docker.parse(JSON.parse(JSON.stringify(settings)))
    const pins = skip === undefined ? ((await docker.pin?.(parsed, { ...io, root })) ?? {}) : {}
    spokes.push({ spoke, entry, settings: parsed, pins, ...(skip === undefined ? {} : { skip }) })
  }
  const manifest = { ...provisional, artifacts, spokes }
  return {
    plan,
    hub: open(manifest, assets, io.folder),
    entries: spokes
      .filter((one) => one.skip === undefined)
      .map(({ settings }) => ({ settings, units: docker.units(manifest, settings) })),
  }
}

let readers = 0

function open(manifest: HubReader['manifest'], assets: string, folder: string): HubReader {
  return hubReader({
    manifest,
    folder: join(folder, `reader-${++readers}`),
    address: (name) => `https://github.com/acme/hello/releases/download/${manifest.tag}/${name}`,
    fetch: async (name, path) => {
      await mkdir(dirname(path), { recursive: true })
      await copyFile(join(assets, name), path)
      const { size, digests } = await hashFile(path, ['sha256'])
      return { status: 200, size, sha256: digests.sha256 }
    },
  })
}

/** The same release, read by another run. */
export function reopened({ hub }: Published, io: ChannelIO): HubReader {
  return open(hub.manifest, join(io.folder, `assets-${hub.manifest.version}`), io.folder)
}

async function packed(one: Artifact, assets: string, bytes: Buffer): Promise<Artifact> {
  const path = join(assets, one.name)
  const entries = one.binaries.map((binary) => ({
    name: binary.path,
    mode: 0o755,
    mtime: 0,
    body: {
      type: 'file' as const,
      size: bytes.length,
      async *content() {
        yield bytes
      },
    },
  }))
  await pipeline(gzip(tar(entries)), createWriteStream(path))
  const { size, digests } = await hashFile(path, ['sha256'])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return {
    ...one,
    size,
    sha256: digests.sha256,
    binaries: one.binaries.map((binary) => ({ ...binary, size: bytes.length, sha256 })),
  }
}

/** Brings the images to what the release says, as `publish` does. */
export function publishAll(
  hub: HubReader,
  io: ChannelIO,
  more: { verify?: boolean; allowBackwards?: string[] } = {},
): Promise<Report> {
  const events = new Events()
  return events.task('publish', (task) =>
    converge(hub, [docker, ko], { ...io, task, events, sleep: async () => {} }, { verify: true, ...more }),
  )
}

/** What a spoke gets of the outside. */
export function channel(http: Http, folder: string, env: Record<string, string> = {}): Promise<ChannelIO> {
  return new Events().task('test', async (task) => ({
    http,
    credentials: credentialsOf(env),
    signal: new AbortController().signal,
    clock: () => new Date('2026-01-02T03:04:05Z'),
    task,
    folder,
  }))
}

/** A client that reaches loopback only. */
export function localHttp(routes: Record<string, string> = {}): Http {
  return createHttp({
    routes,
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
    outside: routes,
  })
}
