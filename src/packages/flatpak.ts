import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { posix } from 'node:path'
import { findTool } from '../builders/tools.ts'
import { type Diagnostic, TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { run } from '../external/process.ts'
import { hashFile } from '../formats/hash.ts'
import { artifactName, safeAsset } from '../pack/artifact-name.ts'
import type { PackedArtifact, PackIO } from '../pack/packed.ts'
import { openProgram } from '../pack/program.ts'
import { writeText } from '../pack/write-whole.ts'
import type { PlannedFlatpak } from './planned-bundles.ts'

/**
 * Makes one bundle: flatpak-builder builds it from a manifest that installs the programs, flatpak bundles what was built.
 * @throws TagonceError `pack` with the output of the tool, `tool-missing`
 * @example await makeFlatpak(plan.flatpaks[0], { ...packIO, env })
 */
export async function makeFlatpak(
  planned: PlannedFlatpak,
  io: PackIO & { env: Readonly<Record<string, string | undefined>> },
): Promise<PackedArtifact> {
  const folder = inside(io.root, planned.folder)
  await mkdir(folder, { recursive: true })
  const programs = await Promise.all(planned.binaries.map((one) => openProgram(one, io)))
  for (const { binary } of programs) {
    const copy = inside(folder, posix.basename(binary.path))
    await copyFile(inside(io.root, binary.path), copy)
    await chmod(copy, 0o555)
  }
  const { appId, arch, branch, name } = planned
  const manifest = posix.join(planned.folder, `${appId}.json`)
  await writeText(inside(io.root, manifest), planned.manifest, manifest)
  const call = async (what: string, argv: string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(argv, { cwd: folder, env: io.env, signal: io.signal })
    if (code === 0) return
    throw new TagonceError('pack', `${name}: ${what} (status ${code})`, {
      output: stdout + stderr,
      hint: 'is its runtime installed? `flatpak install` the `runtime` and the `sdk`',
    })
  }
  const first = ['flatpak-builder', '--force-clean', `--arch=${arch}`, `--default-branch=${branch}`, '--repo=repo']
  await call('flatpak-builder could not build it', [...first, 'build', `${appId}.json`])
  const bundle = ['flatpak', 'build-bundle', `--arch=${arch}`, 'repo', safeAsset(name), appId, branch]
  await call('flatpak could not bundle it', bundle)
  const path = posix.join(planned.folder, name)
  const { size, digests } = await hashFile(inside(io.root, path), ['sha256'])
  return { ...artifactName(planned), size, sha256: digests.sha256, binaries: [], path }
}

/** What has to be on the PATH, before anything is built. */
export function missingFlatpak(
  planned: readonly PlannedFlatpak[],
  io: { root: string; env: Record<string, string | undefined> },
): Diagnostic[] {
  if (planned.length === 0) return []
  return ['flatpak-builder', 'flatpak']
    .filter((tool) => findTool(tool, io.env, io.root) === undefined)
    .map((tool) => ({
      severity: 'error',
      code: 'tool-missing',
      message: `${tool} is not on the PATH; it is needed by \`flatpak\``,
      mend: `install ${tool}, or pass over it with --skip=flatpak`,
    }))
}
