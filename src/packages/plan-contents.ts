import { posix } from 'node:path'
import type { Path } from '../config/path.ts'
import { leavesRoot } from '../plan/names.ts'
import type { Renderer } from '../plan/renderer.ts'
import type { Overridable } from './merge.ts'
import type { PlannedContent } from './planned.ts'

type Content = NonNullable<Overridable['contents']>[number]

/** Kinds that only rpm knows; the others pass over them. */
const RPM_ONLY = new Set(['doc', 'licence', 'license', 'readme', 'ghost'])
const KINDS = new Set(['file', 'config', 'config|noreplace', 'config|missingok', 'dir', 'tree', 'symlink', ...RPM_ONLY])
/** Kinds whose `src` is no path of the project. */
const NO_SOURCE = new Set(['dir', 'symlink', 'ghost'])

/** What a package holds beside its programs, for one packager. */
export function planContents(renderer: Renderer, contents: Content[], path: Path, packager: string): PlannedContent[] {
  return contents.flatMap((content, index) => planContent(renderer, content, [...path, index], packager))
}

/** The places of all contents as they are written, those for other formats among them. */
export function destinationsOf(renderer: Renderer, contents: Content[], path: Path): string[] {
  return contents.map(({ dst }, index) => renderer.render(dst, [...path, index, 'dst']))
}

function planContent(renderer: Renderer, content: Content, path: Path, packager: string): PlannedContent[] {
  const type = content.type || 'file'
  if (content.packager && content.packager !== packager) return []
  if (!KINDS.has(type)) {
    const mend = `use one of ${[...KINDS].join(', ')}`
    renderer.problem('bad-content', [...path, 'type'], `${type} is no kind of content`, mend)
    return []
  }
  if (RPM_ONLY.has(type) && packager !== 'rpm') return []
  const source = renderer.try(content.src ?? '', [...path, 'src'])
  const destination = renderer.try(content.dst ?? '', [...path, 'dst'])
  if (source === undefined || destination === undefined) return []
  if (!isSound(renderer, type, source, destination, path)) return []
  const info = content.file_info
  const mtime = timeOf(renderer, info?.mtime, [...path, 'file_info', 'mtime'])
  return [
    {
      source: NO_SOURCE.has(type) ? posix.normalize(source || '.') : source,
      // A slash at the end means: into this folder.
      destination: posix.join('/', destination),
      type,
      owner: renderer.render(info?.owner, [...path, 'file_info', 'owner']),
      group: renderer.render(info?.group, [...path, 'file_info', 'group']),
      ...(info?.mode ? { mode: info.mode } : {}),
      ...(mtime === undefined ? {} : { mtime }),
    },
  ]
}

function isSound(renderer: Renderer, type: string, source: string, destination: string, path: Path): boolean {
  const bad = (key: string, message: string, mend: string): false => {
    renderer.problem('bad-content', [...path, key], message, mend)
    return false
  }
  if (destination === '' && type !== 'tree') return bad('dst', 'the content goes nowhere', 'set `dst`')
  if (destination.includes('\0') || destination.includes('\n')) {
    return bad('dst', 'the path has a line break or a zero byte', 'name a file of the system')
  }
  if (NO_SOURCE.has(type)) {
    return type === 'symlink' && source === '' ? bad('src', 'the link points nowhere', 'set `src` to its target') : true
  }
  if (source === '') return bad('src', 'the content has no source', 'set `src`')
  if (posix.isAbsolute(source) || !leavesRoot(source)) return true
  return bad('src', `${source} lies outside the folder of the project`, 'use a path below it')
}

/** RFC 3339, as Go reads it, in seconds since the epoch. */
export function timeOf(renderer: Renderer, text: string | undefined, path: Path): number | undefined {
  const time = renderer.render(text, path)
  if (time === '') return undefined
  const right = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(time)
  const seconds = right ? Math.floor(Date.parse(time) / 1000) : Number.NaN
  if (!Number.isNaN(seconds)) return seconds
  const mend = 'write it as "{{ .CommitDate }}" or 2026-01-31T12:00:00Z'
  renderer.problem('bad-mtime', path, `${JSON.stringify(time)} is no time`, mend)
  return undefined
}

/** The path of a script or another file that is read; one outside the project is a problem. */
export function scriptPath(renderer: Renderer, text: string, path: Path): string | undefined {
  if (posix.isAbsolute(text) || !leavesRoot(text)) return text
  renderer.problem('leaves-root', path, `${text} lies outside the folder of the project`, 'use a path below it')
  return undefined
}
