import type { ArchiveFile, FileInfo } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { TemplateData } from './context.ts'
import { leavesRoot } from './names.ts'
import type { PlannedExtraFile, PlannedFiles, PlannedTemplated } from './plan.ts'
import type { Renderer } from './renderer.ts'

interface TemplatedFile {
  src?: string | undefined
  dst?: string | undefined
  mode?: number | undefined
  info?: FileInfo | undefined
}

/** An entry of `files`; none where it comes out empty or leaves its folder, which is a problem then. */
export function planFile(
  renderer: Renderer,
  file: ArchiveFile & { optional?: boolean },
  path: Path,
  data: TemplateData,
): PlannedFiles[] {
  const src = renderer.try(file.src ?? '', [...path, 'src'], data)
  const dst = renderer.try(file.dst ?? '', [...path, 'dst'], data)
  if (src === undefined || dst === undefined || src === '') return []
  if (!isInside(renderer, { src, dst }, path)) return []
  const info = infoOf(renderer, file.info, [...path, 'info'], data)
  const where = renderer.position([...path, 'src'])
  const rest = { stripParent: file.strip_parent ?? false, optional: file.optional ?? false, info }
  return [{ src, dst, ...rest, ...(where === undefined ? {} : { where }) }]
}

/** An entry of `templated_files`. */
export function planTemplated(
  renderer: Renderer,
  file: TemplatedFile,
  path: Path,
  data: TemplateData,
): PlannedTemplated[] {
  const src = renderer.render(file.src, [...path, 'src'], data)
  const dst = renderer.render(file.dst, [...path, 'dst'], data) || src
  if (src === '' || !isInside(renderer, { src, dst }, path)) return []
  const info = infoOf(renderer, file.info, [...path, 'info'], data)
  const mode = file.mode === undefined || file.mode === 0 ? {} : { mode: file.mode }
  return [{ src, dst, info: { ...mode, ...info }, at: [...path] }]
}

/** Entries of `extra_files` and `templated_extra_files`. An empty glob is passed over, as with GoReleaser. */
export function planExtraFiles(
  renderer: Renderer,
  entries: { glob?: string | undefined; name_template?: string | undefined }[] | undefined,
  templated: TemplatedFile[] | undefined,
  path: Path,
): PlannedExtraFile[] {
  const plain = (entries ?? []).map((one, index): PlannedExtraFile => {
    const at = [...path, 'extra_files', index]
    const name = renderer.render(one.name_template, [...at, 'name_template'])
    return { glob: renderer.render(one.glob, [...at, 'glob']), name, at }
  })
  const rendered = (templated ?? []).map((one, index): PlannedExtraFile => {
    const at = [...path, 'templated_extra_files', index]
    const glob = renderer.render(one.src, [...at, 'src'])
    return { glob, name: renderer.render(one.dst, [...at, 'dst']), templated: true, at }
  })
  return [...plain, ...rendered].filter((one) => {
    if (one.glob === '') return false
    if (!leavesRoot(one.glob)) return true
    renderer.problem('leaves-root', one.at, `${one.glob} lies outside the folder of the project`, 'use a path below it')
    return false
  })
}

/** Owner, group, mode and time. */
export function infoOf(
  renderer: Renderer,
  info: FileInfo | undefined,
  path: Path,
  data: TemplateData,
): PlannedFiles['info'] {
  const out: PlannedFiles['info'] = {
    owner: renderer.render(info?.owner, [...path, 'owner'], data),
    group: renderer.render(info?.group, [...path, 'group'], data),
  }
  if (info?.mode !== undefined) out.mode = info.mode
  const mtime = renderer.render(info?.mtime, [...path, 'mtime'], data)
  if (mtime === '') return out
  // RFC 3339, as Go reads it.
  const right = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(mtime)
  const seconds = right ? Math.floor(Date.parse(mtime) / 1000) : Number.NaN
  if (Number.isNaN(seconds)) {
    const mend = 'write it as "{{ .CommitDate }}" or 2026-01-31T12:00:00Z'
    renderer.problem('bad-mtime', [...path, 'mtime'], `${JSON.stringify(mtime)} is no time`, mend)
    return out
  }
  return { ...out, mtime: seconds }
}

function isInside(renderer: Renderer, file: { src: string; dst: string }, path: Path): boolean {
  for (const [key, text, what] of [
    ['src', file.src, 'the folder of the project'],
    ['dst', file.dst.replace(/^\/+/, ''), 'the archive'],
  ] as const) {
    if (!leavesRoot(text)) continue
    renderer.problem('leaves-root', [...path, key], `${text} lies outside ${what}`, 'use a path below it')
    return false
  }
  return true
}
