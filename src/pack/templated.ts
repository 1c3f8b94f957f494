import { readFile, stat } from 'node:fs/promises'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import type { ArchiveEntry } from '../formats/tar.ts'
import type { TemplateData } from '../plan/context.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { PlannedTemplated } from '../plan/plan.ts'

/** The text of a template file of the project, rendered. */
export async function renderFile(
  file: { src: string; at: (string | number)[] },
  data: TemplateData,
  io: { root: string; late: LateRenderer },
): Promise<string> {
  const text = await readFile(inside(io.root, file.src), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TagonceError('pack', `${file.src} could not be read (${error.code ?? error.message})`, { cause: error })
  })
  return io.late.render(text, [...file.at, 'src'], data)
}

/** `templated_files` as entries of an archive. */
export function templatedEntries(
  files: PlannedTemplated[],
  data: TemplateData,
  io: { root: string; late: LateRenderer; commitTimestamp: number },
): Promise<ArchiveEntry[]> {
  return Promise.all(
    files.map(async (file): Promise<ArchiveEntry> => {
      const content = Buffer.from(await renderFile(file, data, io))
      const own = await stat(inside(io.root, file.src))
      async function* once(): AsyncGenerator<Uint8Array> {
        yield content
      }
      return {
        name: file.dst,
        mode: file.info.mode ?? ((own.mode & 0o100) === 0 ? 0o644 : 0o755),
        mtime: file.info.mtime ?? io.commitTimestamp,
        owner: file.info.owner,
        group: file.info.group,
        body: { type: 'file', size: content.length, content: once },
      }
    }),
  )
}
