import { join } from 'node:path'
import type { Credentials } from '../core/credentials.ts'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { Http } from '../external/http.ts'
import { hashFile } from '../formats/hash.ts'
import { createGitHubHub } from '../hub/github.ts'
import type { HubReader } from '../hub/hub.ts'
import type { Plan } from '../plan/plan.ts'
import type { NotarizeIO } from '../signing/notarize.ts'
import type { SignIO } from '../signing/sign.ts'

/** Gives the path of a signature or SBOM that the public release holds already for the very same bytes. */
export type Earlier = NonNullable<SignIO['earlier']>

/** Gives the path of a program that is public already. */
export type EarlierProgram = NonNullable<NotarizeIO['earlier']>

/**
 * The public release of this tag, when a run before this one made it, and this one would make other bytes of the same things: tools
 * sign and catalogue differently each time, and a public file is never replaced. Undefined where nothing is public, or nothing is signed.
 */
export async function earlierRelease(
  plan: Plan,
  io: { http: Http; credentials: Credentials; signal: AbortSignal; folder: string },
): Promise<HubReader | undefined> {
  const tools = [plan.signs, plan.binarySigns, plan.sboms, plan.notarize].some((one) => (one ?? []).length > 0)
  if (!tools || plan.hub.disabled !== null) return undefined
  const hub = createGitHubHub(plan.hub, { ...io, folder: join(io.folder, 'earlier') })
  try {
    return await hub.read(plan.source.tag)
  } catch (error) {
    // Nothing public for this tag; what else is wrong with the hub is said when it is written.
    if (error instanceof TagonceError && error.code !== 'interrupted') return undefined
    throw error
  }
}

/** A second run takes the signatures and SBOMs that the first one published. */
export function earlierFiles(reader: HubReader, root: string): Earlier {
  const { artifacts } = reader.manifest
  return async (subject, name) => {
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

/** The program of the same name and platform that is public already; whether it is the same is for the caller to see. */
export function earlierProgram(reader: HubReader): EarlierProgram {
  return async ({ name, platform }) => {
    const own = name.split('/').at(-1)
    for (const artifact of reader.manifest.artifacts) {
      if (artifact.platform?.target !== platform.target) continue
      const binary = artifact.binaries.find((one) => one.name === own)
      if (binary !== undefined) return reader.binary(artifact, binary.path)
    }
    return undefined
  }
}
