import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import type { Observation } from '../core/states.ts'
import { tempFolder } from '../core/temp.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import { readManifest } from '../manifest/read.ts'
import { releaseAddress } from './address.ts'
import { differences } from './compare.ts'
import type { Comparison } from './compare.ts'
import { compareWith } from './context.ts'
import type { Found, HubContext } from './context.ts'
import { findRelease } from './github-find.ts'
import { observed } from './github-publish.ts'

/** What stands on GitHub for a tag, judged by the manifest that lies there. Reads only. */
export async function observeGitHub(context: HubContext, tag: string): Promise<Observation> {
  const from = releaseAddress(context.settings, tag)
  try {
    const found = await findRelease(context, tag, [], () => {})
    if (found === null) return observed('absent', `no release for ${tag}`, from, context)
    const { draft, immutable } = found.release
    const manifest = await manifestOf(context, found)
    if (manifest === null) {
      const what = `${draft ? 'a draft' : 'a public release'} without ${MANIFEST_NAME}, ${found.assets.length} files`
      return observed('partial', what, from, context, { reason: `${MANIFEST_NAME} is missing` })
    }
    const files = manifest.artifacts.map((one) => ({ ...one, path: '', contentType: '' }))
    const seen = await compareWith(context, files, found.assets)
    const counted = `${seen.equal.length} of ${files.length} files of the manifest`
    const what = `${draft ? 'a draft' : 'a public release'} with ${counted}, digests equal`
    const { state, reason } = judge(seen, draft, immutable)
    return observed(state, what, from, context, reason === undefined ? {} : { reason })
  } catch (error) {
    // No definite answer is no absence.
    if (!(error instanceof TagonceError) || (error.code !== 'network' && error.code !== 'rate-limit')) throw error
    return observed('unknown', 'GitHub gave no definite answer', from, context, { reason: error.message })
  }
}

function judge(seen: Comparison, draft: boolean, immutable: boolean): Pick<Observation, 'state' | 'reason'> {
  const missing = [...seen.lacking, ...seen.cut.map(({ file }) => file)].map((file) => file.name)
  if (seen.differing.length > 0) return { state: draft ? 'partial' : 'mismatch', reason: differences(seen.differing) }
  if (missing.length > 0) return { state: immutable ? 'blocked' : 'partial', reason: `missing: ${missing.join(', ')}` }
  return draft ? { state: 'staged', reason: 'complete, but a draft' } : { state: 'live' }
}

async function manifestOf({ github, at }: HubContext, { assets }: Found): Promise<Manifest | null> {
  const asset = assets.find((one) => one.name === MANIFEST_NAME && one.state === 'uploaded')
  if (asset === undefined) return null
  await using folder = await tempFolder('hub-manifest')
  const path = join(folder.path, MANIFEST_NAME)
  await github.assets.download(at, asset.id, path)
  return readManifest(await readFile(path, 'utf8'))
}
