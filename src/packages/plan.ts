import { posix } from 'node:path'
import type { Nfpm } from '../config/config.ts'
import type { FullConfig } from '../config/defaults.ts'
import type { Path } from '../config/path.ts'
import type { Platform } from '../core/platform.ts'
import { hasZstd } from '../formats/zstd.ts'
import type { Named } from '../plan/archives.ts'
import { headerPath } from '../plan/build-parts.ts'
import { artifactData, platformKeys, type TemplateData } from '../plan/context.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import type { Renderer } from '../plan/renderer.ts'
import { isPackageFormat, packageFormats, rulesOf, type PackageFormat } from './formats.ts'
import { withOverride } from './merge.ts'
import { destinationsOf, planContents, scriptPath, timeOf } from './plan-contents.ts'
import { detailsOf, packageFacts } from './plan-facts.ts'
import { planScripts, planSignature } from './plan-scripts.ts'
import type { PlannedPackage } from './planned.ts'
import { systemOf, type System } from './systems.ts'

type Entry = FullConfig['nfpms'][number]

export interface PackagePlanInput {
  renderer: Renderer
  config: FullConfig
  binaries: PlannedBinary[]
  /** Ids of all builds. */
  built: string[]
  /** Only some targets or ids are built: an entry without a program for it is passed over. */
  partial: boolean
  /** Words of `--skip`. */
  skip: ReadonlySet<string>
  version: string
  /** Seconds since the epoch. */
  commitTimestamp: number
}

/** Every Linux package of `nfpms`: entries × formats × platforms. */
export function planPackages(input: PackagePlanInput): { packages: PlannedPackage[]; names: Named[] } {
  const out: { packages: PlannedPackage[]; names: Named[] } = { packages: [], names: [] }
  const ids = new Set<string>()
  for (const [index, entry] of input.config.nfpms.entries()) {
    const path: Path = ['nfpms', index]
    if (ids.has(entry.id)) {
      const mend = 'give each entry its own `id`'
      input.renderer.problem('duplicate-id', [...path, 'id'], `two entries of nfpms have the id ${entry.id}`, mend)
      continue
    }
    ids.add(entry.id)
    for (const [at, id] of (entry.ids ?? []).entries()) {
      if (input.built.includes(id)) continue
      const mend = input.built.length === 0 ? undefined : `the builds are ${input.built.join(', ')}`
      input.renderer.problem('unknown-build', [...path, 'ids', at], `no build has the id ${id}`, mend)
    }
    planEntry(input, entry, path, out)
  }
  return out
}

function planEntry(
  input: PackagePlanInput,
  entry: Entry,
  path: Path,
  out: { packages: PlannedPackage[]; names: Named[] },
): void {
  tellSilent(input.renderer, entry, path)
  const formats = formatsOf(input.renderer, entry, path)
  if (formats.length === 0) return
  const groups = groupsOf(entry, input.binaries)
  if (groups.length === 0 && !input.partial) {
    const mend = 'build for linux, or leave the entry out'
    input.renderer.problem('no-binaries', path, `${entry.id}: there is no program for Linux to package`, mend)
  }
  for (const format of formats) {
    for (const group of groups) {
      const system = systemOf(group.platform, format)
      if (system === undefined) continue
      const planned = planOne(input, entry, path, { format, system, ...group })
      if (planned === undefined) continue
      out.packages.push(planned)
      out.names.push({ name: planned.name, at: [...path, 'file_name_template'] })
    }
  }
}

function formatsOf(renderer: Renderer, entry: Entry, path: Path): PackageFormat[] {
  return (entry.formats ?? []).flatMap((word, index) => {
    if (isPackageFormat(word)) {
      if (word !== 'archlinux' || hasZstd) return [word]
      const mend = 'use Node 22.15 or newer'
      renderer.problem('no-zstd', [...path, 'formats', index], 'this Node cannot compress with zstd', mend)
      return []
    }
    const mend = `use one of ${packageFormats.join(', ')}`
    renderer.problem('not-built', [...path, 'formats', index], `packages in the format ${word} are not made yet`, mend)
    return []
  })
}

/** The programs of one package. */
interface Group {
  platform: Platform
  binaries: PlannedBinary[]
}

const SYSTEMS = new Set(['linux', 'ios', 'android', 'aix'])

function groupsOf(entry: Entry, binaries: PlannedBinary[]): Group[] {
  if (entry.meta === true) {
    return ['linux', 'android'].map((goos) => ({ platform: { goos, goarch: 'all', target: '' }, binaries: [] }))
  }
  const ids = entry.ids ?? []
  const levels = entry.goamd64 ?? []
  const chosen = binaries.filter(
    ({ id, platform }) =>
      SYSTEMS.has(platform.goos) &&
      (ids.length === 0 || ids.includes(id)) &&
      (platform.goarch !== 'amd64' || levels.length === 0 || levels.includes(platform.goamd64 ?? '')),
  )
  const keyOf = platformKeys(chosen.map((one) => one.platform))
  return [...Map.groupBy(chosen, (one) => keyOf(one.platform)).values()].flatMap((group) =>
    group[0] === undefined ? [] : [{ platform: group[0].platform, binaries: group }],
  )
}

interface One extends Group {
  format: PackageFormat
  system: System
}

function planOne(input: PackagePlanInput, entry: Entry, path: Path, one: One): PlannedPackage | undefined {
  const { format, platform } = one
  const rules = rulesOf(format)
  const over = withOverride(entry, entry.overrides?.[format])
  const name = input.renderer.try(entry.package_name, [...path, 'package_name'])
  if (name === undefined) return undefined
  const renderer = input.renderer.with({
    ...dataOf(one, input.config.project_name),
    Release: entry.release ?? '',
    Epoch: entry.epoch ?? '',
    PackageName: name,
    Format: format,
  })
  const mtime = timeOf(renderer, entry.mtime, [...path, 'mtime'])
  const facts = packageFacts({ renderer, entry, over, path, name, ...one, version: input.version })
  facts.mtime = mtime ?? input.commitTimestamp
  const fileName = renderer.try(over.file_name_template ?? entry.file_name_template, [...path, 'file_name_template'], {
    ConventionalFileName: rules.fileName(facts, one.system.arch),
    ConventionalExtension: rules.ext,
  })
  if (fileName === undefined) return undefined
  const signature = input.skip.has('sign') ? undefined : planSignature(renderer, entry, over, path, format)
  const whole = fileName.endsWith(rules.ext) ? fileName : fileName + rules.ext
  const planned: PlannedPackage = {
    // GitHub would store a tilde (of a prerelease, in the names of deb, rpm and ipk) as a dot, and every address would be wrong.
    name: whole.replaceAll('~', '.'),
    kind: 'package',
    id: entry.id,
    format,
    platform,
    facts,
    details: detailsOf(over, entry, facts, platform, rules.packager),
    scripts: planScripts(renderer, over, path, rules.packager),
    contents: planContents(renderer, over.contents ?? [], [...path, 'contents'], rules.packager),
    destinations: [],
    umask: over.umask || 0o002,
    binaries: one.binaries.map((binary) => {
      const place = (kind: Product, name: string): string =>
        posix.join('/', folderOf(renderer, entry, path, one, kind), name)
      const planned = { path: binary.path, destination: place(binary.product, binary.name + binary.ext) }
      if (binary.product !== 'c-shared' && binary.product !== 'c-archive') return planned
      return { ...planned, header: { path: headerPath(binary), destination: place('header', `${binary.name}.h`) } }
    }),
  }
  const lintian = rules.packager === 'deb' ? (planned.details.deb?.lintian ?? []) : []
  planned.destinations = [
    ...destinationsOf(renderer, over.contents ?? [], [...path, 'contents']),
    ...(lintian.length === 0 ? [] : [`./usr/share/lintian/overrides/${name}`]),
    ...planned.binaries.flatMap((one) => [
      one.destination,
      ...(one.header === undefined ? [] : [one.header.destination]),
    ]),
  ]
  if (mtime !== undefined) planned.binariesMtime = mtime
  if (entry.changelog && ['deb', 'rpm'].includes(rules.packager)) {
    const changelog = scriptPath(renderer, entry.changelog, [...path, 'changelog'])
    if (changelog !== undefined) planned.changelog = changelog
  }
  if (signature !== undefined) planned.signature = signature
  return planned
}

function dataOf({ platform, binaries: [first] }: Group, project: string): TemplateData {
  if (first === undefined) {
    return { ...artifactData(platform, { name: '', ext: '', path: '' }), Binary: project }
  }
  return artifactData(platform, { name: first.name + first.ext, ext: first.ext, path: first.path })
}

type Product = PlannedBinary['product']

const LIBRARIES = { 'c-shared': 'cshared', 'c-archive': 'carchive', header: 'header' } as const

/** Where a program goes: libraries have folders of their own, and all of Termux lives below one. */
function folderOf(renderer: Renderer, entry: Entry, path: Path, one: One, product: Product): string {
  const kind =
    product === 'c-shared' || product === 'c-archive' || product === 'header' ? LIBRARIES[product] : undefined
  const folder =
    kind === undefined
      ? renderer.render(entry.bindir, [...path, 'bindir'])
      : renderer.render(entry.libdirs[kind], [...path, 'libdirs', kind])
  return one.format === 'termux.deb' ? posix.join('/data/data/com.termux/files', folder) : folder
}

/** Keys that GoReleaser reads and then leaves alone. */
function tellSilent(renderer: Renderer, entry: Nfpm, path: Path): void {
  const keys = ['package_name', 'epoch', 'release', 'prerelease', 'version_metadata'] as const
  for (const [format, over] of Object.entries(entry.overrides ?? {})) {
    for (const key of keys) {
      if (!over[key]) continue
      const at = [...path, 'overrides', format, key]
      const message = `${key} cannot be overridden for one format; GoReleaser passes over it, and so do we`
      renderer.problem('needless', at, message, 'make an entry of its own for this format', 'warning')
    }
  }
}
