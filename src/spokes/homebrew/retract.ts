import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import { commitFiles, readHead, readText, textBefore } from '../shared/git-files.ts'
import type { Change } from '../shared/git-files.ts'
import type { ChannelIO, RetractStep } from '../spoke.ts'
import { evidenceOf, githubFor } from './channel.ts'
import { digestOf, versionIn } from './judge.ts'
import type { TapUnit } from './unit.ts'

/** A step that can be carried out without the manifest. */
export interface TapRetractStep
  extends
    RetractStep,
    Pick<TapUnit, 'place' | 'tokenEnv' | 'api' | 'upload' | 'path' | 'address' | 'version' | 'author'> {
  /** Digest of the text that is taken back; any other text is not ours. */
  digest: string
}

/** Only the file of this release is taken back: to the version before it, or away when it was the first. */
export function planRetract(unit: TapUnit, seen: Observation): TapRetractStep[] {
  if (seen.state !== 'live') return []
  const { place, tokenEnv, api, upload, path, address, version, author, content } = unit
  return [
    {
      unit: unit.id,
      what: `put ${path} of ${place.owner}/${place.name} back to the version before ${version}`,
      final: false,
      place,
      tokenEnv,
      api,
      upload,
      path,
      address,
      version,
      author,
      digest: digestOf(content),
    },
  ]
}

/** Compare-and-set: a text that is not ours any more stays; so a second run undoes nothing. */
export async function actRetract(step: TapRetractStep, io: ChannelIO): Promise<Observation> {
  if (!io.credentials.has(step.tokenEnv)) throw new TagonceError('credentials', `${step.tokenEnv} is not set`)
  const github = githubFor(step, io)
  const { place, path, version } = step
  await commitFiles(
    github,
    place,
    async (head): Promise<Change[]> => {
      const text = await readText(github, place, path, head.exists ? head.commit : null)
      if (head.commit === null || text === null || digestOf(text) !== step.digest) return []
      const before = await textBefore(github, place, path, head.commit, (one) => versionIn(one) === version)
      return [{ path, content: before }]
    },
    { message: `Take back ${path} ${version}`, author: step.author },
    io.signal,
  )
  const head = await readHead(github, place)
  const text = await readText(github, place, path, head.commit)
  const evidence = [evidenceOf(step, text, head.commit, io)]
  if (text !== null && digestOf(text) === step.digest) return { state: 'live', reason: 'not taken back yet', evidence }
  return { state: 'retracted', evidence }
}
