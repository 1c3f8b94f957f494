import type { NpmFile } from '../../formats/npm-tarball.ts'
import { npmText } from '../../formats/npm-tarball.ts'
import type { HubReader } from '../../hub/hub.ts'
import { documentsOf } from '../shared/documents.ts'
import type { NpmPlatform } from './platforms.ts'

/** README, LICENSE and their like from the top of a platform's archive, as the hub holds it. */
export async function documentsIn(hub: HubReader, platform: NpmPlatform): Promise<NpmFile[]> {
  const found = await documentsOf(hub, platform.programs[0]?.artifact)
  return found.map(({ path, text }) => npmText(path, text))
}
