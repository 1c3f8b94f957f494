import { stat, utimes } from 'node:fs/promises'
import { posix } from 'node:path'
import { inside } from '../core/paths.ts'
import { readBinaryHeader } from '../formats/binary/header.ts'
import { writeText } from '../pack/write-whole.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { machine } from '../plan/context.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import type { Source } from '../source/source.ts'
import { artifactsJson } from './artifacts-json.ts'
import { goJson } from './go-json.ts'
import type { ImageFacts } from './images-json.ts'
import type { DistText } from './texts-json.ts'

interface DistIO {
  /** Absolute path of the project. */
  root: string
  /** `dist` folder, relative to the root. */
  dist: string
  /** Seconds since the epoch that the mtime of what is written is set to (`metadata.mod_timestamp`). */
  modTimestamp?: number | undefined
}

/**
 * The text of `dist/metadata.json` as GoReleaser writes it; the date is the commit's.
 * @example metadataJson({ project: 'hello', source, runtime: { goos: 'linux', goarch: 'amd64' } })
 */
export function metadataJson(facts: { project: string; source: Source; runtime: { goos: string; goarch: string } }): string {
  const { project, source, runtime } = facts
  return goJson({
    project_name: project,
    tag: source.tag,
    previous_tag: source.previousTag,
    version: source.version,
    commit: source.commit,
    date: source.commitDate,
    runtime: { goos: runtime.goos, goarch: runtime.goarch },
  })
}

/** Writes `dist/metadata.json`. */
export async function writeMetadata(project: string, source: Source, io: DistIO): Promise<void> {
  await write('metadata.json', metadataJson({ project, source, runtime: machine() }), io)
}

/** Writes `dist/config.yaml`: the config with all defaults, as YAML. */
export async function writeConfig(yaml: string, io: DistIO): Promise<void> {
  await write('config.yaml', yaml, io)
}

/**
 * Writes `dist/artifacts.json` with what exists by now. Fit for the end of a release that failed: planned binaries that were
 * not built are left out, so call it with all of them and with whatever artifacts were made.
 */
export async function writeArtifacts(
  made: {
    binaries: readonly PlannedBinary[]
    artifacts: readonly PackedArtifact[]
    digests: ReadonlyMap<string, string>
    texts?: readonly DistText[]
    images?: readonly ImageFacts[]
    /** `report_sizes`. */
    reportSizes?: boolean
  },
  io: DistIO,
): Promise<void> {
  const found = await Promise.all(
    made.binaries.map(async (planned) => {
      const path = inside(io.root, planned.path)
      const facts = await stat(path).catch(() => undefined)
      return facts?.isFile() === true ? [{ planned, header: await readBinaryHeader(path), size: facts.size }] : []
    }),
  )
  await write('artifacts.json', artifactsJson({ ...made, dist: io.dist, binaries: found.flat() }), io)
}

async function write(name: string, text: string, io: DistIO): Promise<void> {
  const path = posix.join(io.dist, name)
  const file = inside(io.root, path)
  await writeText(file, text, path)
  if (io.modTimestamp !== undefined) await utimes(file, io.modTimestamp, io.modTimestamp)
}
