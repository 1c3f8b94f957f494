import { join } from 'node:path'
import type { Credentials } from '../core/credentials.ts'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { Http } from '../external/http.ts'
import { hashFile } from '../formats/hash.ts'
import { createGitHubHub } from '../hub/github.ts'
import type { HubReader } from '../hub/hub.ts'
import type { Plan } from '../plan/plan.ts'
import type { SignIO } from '../signing/sign.ts'

/** Gives the path of a signature or SBOM that the public release holds already for the very same bytes. */
export type Earlier = NonNullable<SignIO['earlier']>

/**
 * Tools that sign or catalogue write other bytes each time, and a public file is never replaced: a second run takes what the first
 * one published. Undefined where nothing is public, or nothing is signed or catalogued by a tool.
 */
export async function earlierFiles(
  plan: Plan,
  io: { http: Http; credentials: Credentials; signal: AbortSignal; folder: string },
): Promise<((root: string) => Earlier) | undefined> {
  const tools = [plan.signs, plan.binarySigns, plan.sboms].some((one) => (one ?? []).length > 0)
  if (!tools || plan.hub.disabled !== null) return undefined
  const hub = createGitHubHub(plan.hub, { ...io, folder: join(io.folder, 'earlier') })
  let reader: HubReader
  try {
    reader = await hub.read(plan.source.tag)
  } catch (error) {
    // Nothing public for this tag; what else is wrong with the hub is said when it is written.
    if (error instanceof TagonceError && error.code !== 'interrupted') return undefined
    throw error
  }
  const { artifacts } = reader.manifest
  return (root) => async (subject, name) => {
    const known = artifacts.find((one) => one.name === name)
    if (known === undefined) return undefined
    const { digests } = await hashFile(inside(root, subject.path), ['sha256'])
    const same = artifacts.some(
      (one) =>
        (one.name === subject.name && one.sha256 === digests.sha256) ||
        one.binaries.some((binary) => binary.sha256 === digests.sha256),
    )
    return same ? reader.file(name) : undefined
  }
}
