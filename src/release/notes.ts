import { readFile } from 'node:fs/promises'
import { writeChangelog } from '../changelog/write.ts'
import type { Loaded } from '../config/load.ts'
import type { Credentials } from '../core/credentials.ts'
import type { Events } from '../core/events.ts'
import { inside } from '../core/paths.ts'
import { gitIn } from '../external/git.ts'
import { createGitHub } from '../external/github.ts'
import type { Http } from '../external/http.ts'
import { checksumLines } from '../pack/checksums.ts'
import type { PackedArtifact } from '../pack/packed.ts'
import { writeText } from '../pack/write-whole.ts'
import type { LateRenderer } from '../plan/late.ts'
import { CHECKSUMS_MARK, type Plan } from '../plan/plan.ts'
import type { GivenText, NotesTexts } from './given-texts.ts'

export interface NotesIO {
  root: string
  env: Record<string, string | undefined>
  events: Events
  http: Http
  credentials: Credentials
  signal: AbortSignal
  late: LateRenderer
}

/**
 * The notes of a release, and with them `dist/CHANGELOG.md`; empty for a snapshot and where the config disables the changelog. Notes that
 * are given stand for all of it, and are not written to dist.
 */
export async function notesOf(plan: Plan, loaded: Loaded, texts: NotesTexts, io: NotesIO): Promise<string> {
  const config = loaded.config.changelog ?? {}
  if (plan.source.snapshot || io.late.isTrue(config.disable, ['changelog', 'disable'])) return ''
  const given = (one: GivenText | undefined): string =>
    one === undefined ? '' : one.template ? io.late.render(one.text, [one.option]) : one.text
  if (texts.notes !== undefined) return given(texts.notes)
  return io.events.task('changelog', async (task) => {
    const { owner, repo, api, upload, tokenEnv } = plan.hub
    const { credentials, http } = io
    const changes = await writeChangelog({
      config,
      previous: plan.source.previousTag,
      // A nightly's tag is not in the repository yet.
      current: plan.source.nightly === true ? plan.source.commit : plan.source.tag,
      git: gitIn(io.root, io.env, io.signal),
      late: io.late,
      repository: { owner, repo },
      github: () =>
        createGitHub({ http, api, upload, ...(credentials.has(tokenEnv) ? { token: credentials.get(tokenEnv) } : {}) }),
      warn: (diagnostic) => io.events.diagnostic(diagnostic),
    })
    const parts = [given(texts.header), changes, given(texts.footer)].filter((one, index) => index === 1 || one !== '')
    const notes = parts.join('\n\n').replace(/(?<!\n)$/, '\n')
    const path = `${plan.dist}/CHANGELOG.md`
    await writeText(inside(io.root, path), notes, path)
    task.note(config.use ?? 'git')
    return notes
  })
}

/**
 * The body of the release: header, notes, footer. `.Checksums` in them is the text of the checksum file, or, where each file has its
 * own, a map from paths to digests.
 */
export async function releaseBody(
  plan: Plan,
  notes: string,
  sums: { digests: ReadonlyMap<string, string>; files: readonly PackedArtifact[] },
  io: { root: string; late: LateRenderer },
): Promise<string> {
  const lines = [...sums.digests].map(([name, digest]) => ({ name, hex: digest.split(':')[1] ?? '' }))
  const { bodyTemplates } = plan
  let { header, footer } = plan.hub
  if (bodyTemplates !== undefined && sums.files.length > 0) {
    const texts = sums.files.map(
      async (one) => [one.checksumOf ?? '', await readFile(inside(io.root, one.path), 'utf8')] as const,
    )
    const all = await Promise.all(texts)
    // GoReleaser gives the text itself where there is but one file.
    const Checksums = all.length === 1 ? all[0]?.[1] : Object.fromEntries(all)
    header = io.late.render(bodyTemplates.header, ['release', 'header'], { Checksums })
    footer = io.late.render(bodyTemplates.footer, ['release', 'footer'], { Checksums })
  }
  const parts = [header === '' ? '' : `${header}\n`, notes, footer === '' ? '' : `\n${footer}\n`]
  return parts.join('').replaceAll(CHECKSUMS_MARK, checksumLines(lines))
}
