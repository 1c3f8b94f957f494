import type { FullConfig } from '../config/defaults.ts'
import type { Path } from '../config/path.ts'
import type { ArtifactName } from '../core/artifact.ts'
import { artifactData, platformKeys, platformWords, type TemplateData } from './context.ts'
import { archiveFormats, formatFault } from '../pack/archive-formats.ts'
import { infoOf, planFile, planTemplated } from './files.ts'
import { planHooks } from './hooks.ts'
import { leavesRoot } from './names.ts'
import type { PlannedArchive, PlannedBinary } from './plan.ts'
import type { Renderer } from './renderer.ts'

type Archive = FullConfig['archives'][number]
export type PlannedUpload = ArtifactName & { path: string }

/** Something with a name, and the place of the config that gave it. */
export interface Named {
  name: string
  at: Path
}

export interface PlannedArchives {
  archives: PlannedArchive[]
  uploads: PlannedUpload[]
  names: Named[]
}

/** Every archive, and every binary that is uploaded as it is. */
export function planArchives(
  renderer: Renderer,
  config: FullConfig,
  binaries: PlannedBinary[],
  built: string[],
): PlannedArchives {
  const out: PlannedArchives = { archives: [], uploads: [], names: [] }
  const ids = new Set<string>()
  for (const [index, archive] of config.archives.entries()) {
    const path: Path = ['archives', index]
    if (ids.has(archive.id)) {
      const mend = 'give each archive its own `id`'
      renderer.problem('duplicate-id', [...path, 'id'], `two archives have the id ${archive.id}`, mend)
      continue
    }
    ids.add(archive.id)
    for (const [at, id] of (archive.ids ?? []).entries()) {
      if (built.includes(id)) continue
      const mend = built.length === 0 ? undefined : `the builds are ${built.join(', ')}`
      renderer.problem('unknown-build', [...path, 'ids', at], `no build has the id ${id}`, mend)
    }
    planEntry(renderer, archive, path, binaries, out)
  }
  return out
}

function planEntry(
  renderer: Renderer,
  archive: Archive,
  path: Path,
  binaries: PlannedBinary[],
  out: PlannedArchives,
): void {
  if (archive.meta === true) {
    for (const [index, format] of archive.formats.entries()) {
      if (isBuilt(renderer, format, [...path, 'formats', index])) pack(renderer, archive, path, [], format, out)
    }
    return
  }
  const ids = archive.ids ?? []
  const chosen = ids.length === 0 ? binaries : binaries.filter((one) => ids.includes(one.id))
  const keyOf = platformKeys(chosen.map((one) => one.platform))
  const groups = new Map<string, PlannedBinary[]>()
  for (const one of chosen) groups.set(keyOf(one.platform), [...(groups.get(keyOf(one.platform)) ?? []), one])
  const counts = new Set([...groups.values()].map((group) => group.length))
  if (counts.size > 1 && !archive.formats.includes('binary') && archive.allow_different_binary_count !== true) {
    const words = [...groups.values()].map((group) => `${platformOf(group)}: ${group.length}`).join(', ')
    const mend = 'give the builds the same targets, split them with `ids`, or set `allow_different_binary_count: true`'
    renderer.problem('binary-count', path, `not every platform has as many binaries (${words})`, mend)
  }
  for (const group of groups.values()) {
    const { formats, at } = formatsFor(archive, path, group[0]?.platform.goos ?? '')
    for (const [index, format] of formats.entries()) {
      if (format === 'binary') upload(renderer, archive, path, group, out)
      else if (format !== 'none' && isBuilt(renderer, format, [...at, index])) {
        pack(renderer, archive, path, group, format, out)
      }
    }
  }
}

function isBuilt(renderer: Renderer, format: string, at: Path): boolean {
  if (archiveFormats.includes(format)) {
    const fault = formatFault(format)
    if (fault !== undefined) renderer.problem('format', at, fault.message, fault.mend)
    return fault === undefined
  }
  const mend = `use one of ${archiveFormats.join(', ')}`
  renderer.problem('not-built', at, `archives in the format ${format} are not carried out yet`, mend)
  return false
}

function platformOf(group: PlannedBinary[]): string {
  return group[0] === undefined ? '' : platformWords(group[0].platform)
}

/** The formats of the first override whose `goos` the system's name begins with, or those of the archive. */
function formatsFor(archive: Archive, path: Path, goos: string): { formats: string[]; at: Path } {
  const index = archive.format_overrides.findIndex(
    (one) => (one.goos ?? '') !== '' && (one.formats ?? []).length > 0 && goos.startsWith(one.goos ?? ''),
  )
  const formats = archive.format_overrides[index]?.formats
  if (formats !== undefined) return { formats, at: [...path, 'format_overrides', index, 'formats'] }
  return { formats: archive.formats, at: [...path, 'formats'] }
}

/** The fields of templates for what a binary goes into. */
export function dataOf(binary: PlannedBinary | undefined): TemplateData {
  if (binary === undefined) return {}
  const data = artifactData(binary.platform, { name: binary.name + binary.ext, ext: binary.ext, path: binary.path })
  // GoReleaser gives a universal binary the facts of its first part.
  const part = binary.universal?.parts[0]
  return part === undefined ? data : { ...data, Binary: part.name.split('/').at(-1) ?? part.name }
}

function pack(
  renderer: Renderer,
  archive: Archive,
  path: Path,
  group: PlannedBinary[],
  format: string,
  out: PlannedArchives,
): void {
  const at = [...path, 'name_template']
  const data = dataOf(group[0])
  const folder = renderer.try(archive.name_template, at, data)
  if (folder === undefined) return
  const inside = group
    .map((one) => one.name + one.ext)
    .map((name) => (archive.strip_binary_directory === true ? (name.split('/').at(-1) ?? name) : name))
  const twice = inside.find((name, index) => inside.indexOf(name) !== index)
  if (twice !== undefined) {
    const message = `two binaries would be ${twice} in one archive`
    renderer.problem(
      'duplicate-binary',
      path,
      message,
      'give the builds different `binary` names, or split them with `ids`',
    )
  }
  const name = `${folder}.${format}`
  const planned: PlannedArchive = {
    name,
    kind: 'archive',
    id: archive.id,
    format,
    wrapDirectory: wrapOf(renderer, archive, path, folder, data),
    stripBinaryDirectory: archive.strip_binary_directory ?? false,
    files: archive.files.flatMap((file, index) => planFile(renderer, file, [...path, 'files', index], data)),
    binaries: group.map((one) => one.path),
  }
  if (group[0] !== undefined) planned.platform = group[0].platform
  const { mode: _, ...info } = infoOf(renderer, archive.builds_info, [...path, 'builds_info'], data)
  if (info.owner !== '' || info.group !== '' || info.mtime !== undefined) planned.binariesInfo = info
  const templated = (archive.templated_files ?? []).flatMap((file, index) =>
    planTemplated(renderer, file, [...path, 'templated_files', index], data),
  )
  if (templated.length > 0) planned.templated = templated
  planned.hooks = hooksOf(renderer, archive, path, { ...data, ArtifactName: name, Format: format })
  out.archives.push(planned)
  out.names.push({ name, at })
}

function hooksOf(
  renderer: Renderer,
  archive: Archive,
  path: Path,
  data: TemplateData,
): NonNullable<PlannedArchive['hooks']> {
  const place = { env: [], data }
  return {
    before: planHooks(renderer, archive.hooks?.before, [...path, 'hooks', 'before'], place),
    after: planHooks(renderer, archive.hooks?.after, [...path, 'hooks', 'after'], place),
  }
}

function upload(renderer: Renderer, archive: Archive, path: Path, group: PlannedBinary[], out: PlannedArchives): void {
  const at = [...path, 'name_template']
  for (const binary of group) {
    const stem = renderer.try(archive.name_template, at, dataOf(binary))
    if (stem === undefined) continue
    const name = stem + binary.ext
    const { path: from, platform } = binary
    out.uploads.push({ name, kind: 'binary', id: archive.id, platform, format: 'binary', path: from })
    out.names.push({ name, at })
  }
}

function wrapOf(renderer: Renderer, archive: Archive, path: Path, folder: string, data: TemplateData): string {
  const wrap = archive.wrap_in_directory ?? false
  if (wrap === true || wrap === 'true') return folder
  if (wrap === false || wrap === 'false') return ''
  const at = [...path, 'wrap_in_directory']
  const text = renderer.render(wrap, at, data)
  if (!leavesRoot(text)) return text
  renderer.problem(
    'leaves-root',
    at,
    `${text} would lie outside the archive`,
    'name a folder without `..` and a leading slash',
  )
  return ''
}
