import { posix } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import { hasZstd } from '../formats/zstd.ts'
import { dataOf, type Named } from '../plan/archives.ts'
import { platformKeys } from '../plan/context.ts'
import { planFile, planTemplated } from '../plan/files.ts'
import { leavesRoot } from '../plan/names.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import type { Renderer } from '../plan/renderer.ts'
import { readOptions } from './makeself-options.ts'
import type { PlannedMakeself } from './planned-bundles.ts'

type Entry = NonNullable<Config['makeselfs']>[number]

const NAME =
  '{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}' +
  '{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}.run'

/** What unpacks, by the word of the config; what has no tool there is packed in process. */
export const UNPACKERS: Record<string, { unpack: string; tool?: string[] }> = {
  gzip: { unpack: 'gzip -dc' },
  xz: { unpack: 'xz -dc' },
  zstd: { unpack: 'zstd -dc' },
  none: { unpack: 'cat' },
  bzip2: { unpack: 'bzip2 -dc', tool: ['bzip2', '-9', '-c'] },
  lzo: { unpack: 'lzop -dc', tool: ['lzop', '-9', '-c'] },
  lz4: { unpack: 'lz4 -dc', tool: ['lz4', '-9', '-c'] },
  compress: { unpack: 'uncompress -c', tool: ['compress', '-fc'] },
}

export interface MakeselfInput {
  renderer: Renderer
  config: Config
  dist: string
  version: string
  binaries: PlannedBinary[]
  /** Only some targets or ids are built. */
  partial: boolean
  names: Named[]
  skip: ReadonlySet<string>
}

/** Every self-extracting archive: entries × platforms. */
export function planMakeselfs(input: MakeselfInput): PlannedMakeself[] {
  if (input.skip.has('makeself')) return []
  const ids = new Set<string>()
  return (input.config.makeselfs ?? []).flatMap((entry, index) => {
    const path: Path = ['makeselfs', index]
    const id = entry.id || 'default'
    if (ids.has(id)) {
      const mend = 'give each entry its own `id`'
      input.renderer.problem('duplicate-id', [...path, 'id'], `two entries of makeselfs have the id ${id}`, mend)
      return []
    }
    ids.add(id)
    if (input.renderer.isTrue(entry.disable, [...path, 'disable'])) {
      input.renderer.problem('disabled', path, `makeselfs[${index}] is disabled`, undefined, 'info')
      return []
    }
    return planEntry(input, { ...entry, id }, path)
  })
}

function planEntry(input: MakeselfInput, entry: Entry & { id: string }, path: Path): PlannedMakeself[] {
  const goos = entry.goos?.length ? entry.goos : ['linux', 'darwin']
  const goarch = entry.goarch ?? []
  const ids = entry.ids ?? []
  const chosen = input.binaries.filter(
    ({ id, platform, product }) =>
      product !== 'wheel' &&
      product !== 'sdist' &&
      goos.includes(platform.goos) &&
      (goarch.length === 0 || goarch.includes(platform.goarch)) &&
      (ids.length === 0 || ids.includes(id)),
  )
  if (chosen.length === 0 && !input.partial) {
    const message = `makeselfs ${entry.id}: no program is built for ${goos.join(' or ')} ${goarch.join(', ')}`.trim()
    input.renderer.problem('no-binaries', path, message, 'mend `ids`, `goos` and `goarch`, or leave the entry out')
  }
  const keyOf = platformKeys(chosen.map((one) => one.platform))
  return [...Map.groupBy(chosen, (one) => keyOf(one.platform)).entries()].flatMap(
    ([key, group]) => planOne(input, entry, path, key.replaceAll('/', ''), group) ?? [],
  )
}

function planOne(
  input: MakeselfInput,
  entry: Entry & { id: string },
  path: Path,
  folder: string,
  group: PlannedBinary[],
): PlannedMakeself | undefined {
  const [first] = group
  if (first === undefined) return undefined
  const data = dataOf(first)
  const renderer = input.renderer.with(data)
  const text = (key: 'description' | 'maintainer' | 'homepage' | 'license' | 'compression' | 'script'): string =>
    renderer.render(entry[key], [...path, key])
  const name = renderer.try(entry.filename || NAME, [...path, 'filename'])
  const label = renderer.try(entry.name || '{{ .ProjectName }}', [...path, 'name'])
  const script = text('script')
  if (script === '' || leavesRoot(script)) {
    const message = script === '' ? '`script` is not set' : `${script} lies outside the folder of the project`
    renderer.problem('makeself-script', [...path, 'script'], message, 'name the script that installs the program')
  }
  const options = readOptions(renderer.list(entry.extra_args, [...path, 'extra_args']))
  if ('refused' in options) {
    const message = `${options.refused} of makeself is not carried out`
    renderer.problem('not-built', [...path, 'extra_args', options.index], message, 'leave it out')
    return undefined
  }
  const asked = text('compression')
  const compression = Object.hasOwn(UNPACKERS, asked) && asked !== 'zstd' && asked !== 'lz4' ? asked : 'gzip'
  const chosen = options.compression ?? compression
  if (chosen === 'zstd' && !hasZstd) {
    renderer.problem('no-zstd', path, 'this Node cannot compress with zstd', 'use Node 22.15 or newer')
  }
  if (name === undefined || label === undefined) return undefined
  input.names.push({ name, at: [...path, 'filename'] })
  const lsm: [string, string][] = [
    ['Title', label],
    ['Version', input.version],
    ['Description', text('description')],
    ['Keywords', renderer.list(entry.keywords, [...path, 'keywords']).join(', ')],
    ['Author', text('maintainer')],
    ['Maintained-by', text('maintainer')],
    ['Primary-site', text('homepage')],
    ['Platforms', folder],
    ['Copying-policy', text('license')],
  ]
  const lines = lsm.filter(([, value]) => value !== '').map(([key, value]) => `${key}: ${value}\n`)
  return {
    name,
    kind: 'makeself',
    id: entry.id,
    format: 'makeself',
    platform: first.platform,
    path: posix.join(input.dist, 'makeself', entry.id, folder, name),
    label,
    script,
    lsm: `Begin4\n${lines.join('')}End`,
    compression: chosen,
    options,
    files: (entry.files ?? []).flatMap((file, at) => planFile(renderer, file, [...path, 'files', at], data)),
    templated: (entry.templated_files ?? []).flatMap((file, at) =>
      planTemplated(renderer, file, [...path, 'templated_files', at], data),
    ),
    binaries: group.map((one) => one.path),
  }
}
