import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { tempFolder } from '../core/temp.ts'
import { passingChunks } from '../formats/file-chunks.ts'
import { FormatError } from '../formats/format-error.ts'
import { digestsOfText, textBody, type PackageEntry } from '../formats/package-entry.ts'
import { spoolIn } from '../formats/package-spool.ts'
import { rpm } from '../formats/rpm.ts'
import { artifactName, safeAsset } from '../pack/artifact-name.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { writeText, writeWhole } from '../pack/write-whole.ts'
import type { LateRenderer } from '../plan/late.ts'
import { digestsOf, packageTree } from './contents.ts'
import type { PackageIO } from './make.ts'
import { gpgSigner } from './sign.ts'
import type { PlannedSrpm } from './planned-bundles.ts'

/** Who made it, as the files inside tell: the account of Fedora's builder. */
const BUILDER = { owner: 'mockbuild', group: 'mock' }

/**
 * Makes the source package, and beside it in `dist` the spec file as it is inside.
 * @param source the source archive, which exists
 * @throws TagonceError `pack` (the spec file cannot be read, a key does not sign), `template` (its template fails), `disk`
 * @example await makeSrpm(plan.srpm, sourceArchive, io)
 */
export async function makeSrpm(
  planned: PlannedSrpm,
  source: PackedArtifact,
  io: PackageIO & { late: LateRenderer },
): Promise<PackedArtifact> {
  const path = posix.join(io.dist, safeAsset(planned.name))
  const template = await readFile(inside(io.root, planned.specFile), 'utf8').catch((error: unknown) => {
    throw new TagonceError('pack', `the spec file ${planned.specFile} cannot be read`, {
      hint: 'mend `srpm.spec_file`, or make the file before',
      cause: error,
    })
  })
  const spec = io.late.render(template, ['srpm', 'spec_file'], planned.fields)
  const specPath = posix.join(io.dist, safeAsset(planned.specName))
  await writeText(inside(io.root, specPath), spec, specPath)
  const entries = await entriesOf(planned, source, spec, io)
  const { signature, facts, rpm: details } = planned
  const signer = signature && io.unsigned !== true ? gpgSigner(signature, facts.mtime, io) : undefined
  await using folder = await tempFolder('srpm')
  const bytes = rpm(
    { ...facts, ...details, scripts: {}, changelog: [], source: true },
    entries,
    spoolIn(folder.path),
    signer && { sign: signer.binary },
  )
  const written = await writeWhole(inside(io.root, path), bytes, { shown: path, signal: io.signal }).catch(
    (error: unknown) => {
      if (!(error instanceof FormatError)) throw error
      throw new TagonceError('pack', `${planned.name}: ${error.message}`, { cause: error })
    },
  )
  return { ...artifactName(planned), ...written, binaries: [], files: entries.map((one) => one.path.slice(1)), path }
}

async function entriesOf(
  planned: PlannedSrpm,
  source: PackedArtifact,
  spec: string,
  io: PackageIO,
): Promise<PackageEntry[]> {
  const { contents, facts, name } = planned
  const tree = await packageTree({ name, facts, contents, umask: 0o002 }, io)
  const file = inside(io.root, source.path)
  const { size, digests } = await digestsOf(file, io)
  const common = { ...BUILDER, mtime: facts.mtime }
  const archive = { type: 'file' as const, size, digests, content: () => passingChunks(file, size) }
  tree.add({ ...common, path: `/${source.name}`, mode: 0o664, body: archive })
  const text = { ...textBody(spec), digests: digestsOfText(spec) }
  tree.add({ ...common, path: `/${planned.specName}`, mode: 0o660, role: 'spec', body: text })
  return tree.sorted().filter(({ body }) => body.type !== 'directory')
}
