import type { Evidence, Observation } from '../../core/states.ts'
import { createGitHub } from '../../external/github.ts'
import type { GitHub } from '../../external/github.ts'
import type { HubReader } from '../../hub/hub.ts'
import { checkDownload, fetchAhead } from '../shared/check-download.ts'
import { commitFiles, readHead, readText } from '../shared/git-files.ts'
import type { Change } from '../shared/git-files.ts'
import type { ChannelIO, Together } from '../spoke.ts'
import { digestOf, judge, versionIn } from './judge.ts'
import type { TapUnit } from './unit.ts'

/** A client that acts for the tap; anonymous where the token is not set (observing a public tap). */
export function githubFor(unit: Pick<TapUnit, 'api' | 'upload' | 'tokenEnv'>, io: ChannelIO): GitHub {
  const { api, upload, tokenEnv } = unit
  const token = io.credentials.has(tokenEnv) ? { token: io.credentials.get(tokenEnv) } : {}
  return createGitHub({ http: io.http, api, upload, ...token })
}

/** What the tap shows for a unit. Reads only. */
export async function observe(unit: TapUnit, io: ChannelIO): Promise<Observation> {
  const github = githubFor(unit, io)
  const head = await readHead(github, unit.place)
  const commit = head.exists ? head.commit : null
  const text = await readText(github, unit.place, unit.path, commit)
  return { ...judge(text, unit), evidence: [evidenceOf(unit, text, commit, io)] }
}

export function evidenceOf(
  unit: Pick<TapUnit, 'path' | 'address'>,
  text: string | null,
  commit: string | null,
  io: ChannelIO,
): Evidence {
  const where = commit === null ? 'no commit there yet' : `commit ${commit.slice(0, 10)}`
  const version = text === null ? undefined : versionIn(text)
  const what =
    text === null ? `no ${unit.path} (${where})` : `${unit.path} ${version ?? 'without a version'} (${where})`
  const digest = text === null ? {} : { digest: digestOf(text) }
  return { what, from: unit.address, at: io.clock().toISOString(), ...digest }
}

/** All files of a release that go into one tap make one commit; formulas and casks share it. */
export const oneCommit: Together<TapUnit> = {
  key: ({ place }) => `${place.owner}/${place.name}#${place.branch}`.toLowerCase(),
  async publish(units, hub, io) {
    const [first] = units
    if (first === undefined) return
    const { unit } = first
    // Without it a write would be anonymous, and the refusal say less.
    io.credentials.get(unit.tokenEnv)
    const github = githubFor(unit, io)
    for (const one of units) fetchAhead(one.unit.downloads, hub, io, one.unit.unfetchable)
    const messages = [...new Set(units.map((one) => one.unit.message))]
    const [subject = '', ...others] = messages
    const message = others.length === 0 ? subject : `${subject}\n\n${others.join('\n')}`
    const sha = await commitFiles(
      github,
      unit.place,
      async (_head, read) => {
        const changes: Change[] = []
        const texts = await Promise.all(units.map((one) => read(one.unit.path)))
        for (const [at, one] of units.entries()) {
          const { path, content } = one.unit
          const { state } = judge(texts[at] ?? null, one.unit)
          // Somebody may have brought a newer version meanwhile; only who was told to may replace it.
          if (state === 'absent' || (state === 'superseded' && one.seen.state === 'superseded')) {
            changes.push({ path, content })
          }
        }
        return changes
      },
      { message, author: unit.author },
      io.signal,
    )
    io.task.log(
      sha === null ? `${unit.place.name}: nothing to commit` : `${unit.place.name}: commit ${sha.slice(0, 10)}`,
    )
  },
}

/** Reads the file as `brew tap` gets it, fetches each URL in it, and compares all with the hub. */
export async function verify(unit: TapUnit, hub: HubReader, io: ChannelIO, looked?: Observation): Promise<Observation> {
  const seen = looked ?? (await observe(unit, io))
  if (seen.state !== 'live') return seen
  const checks = await Promise.all(unit.downloads.map((one) => checkDownload(one, hub, io, unit.unfetchable)))
  const evidence = [...seen.evidence, ...checks.map((one) => one.evidence)]
  const wrong = checks.map((one) => one.wrong).filter((one) => one !== undefined)
  return wrong.length === 0 ? { state: 'live', evidence } : { state: 'mismatch', reason: wrong.join('; '), evidence }
}
