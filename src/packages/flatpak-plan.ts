import { posix } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import { dataOf, type Named } from '../plan/archives.ts'
import { platformKeys } from '../plan/context.ts'
import type { PlannedBinary } from '../plan/plan.ts'
import type { Renderer } from '../plan/renderer.ts'
import type { PlannedFlatpak } from './planned-bundles.ts'

const NAME =
  '{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}' +
  '{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}'
const ARCHES: Record<string, string> = { amd64: 'x86_64', arm64: 'aarch64' }
const NEEDED = ['app_id', 'runtime', 'runtime_version', 'sdk'] as const

/** Every bundle of `flatpak`: entries × amd64 and arm64 of Linux. */
export function planFlatpaks(input: {
  renderer: Renderer
  config: Config
  dist: string
  version: string
  binaries: PlannedBinary[]
  names: Named[]
  skip: ReadonlySet<string>
}): PlannedFlatpak[] {
  const { renderer, config, dist, version, binaries, names, skip } = input
  if (skip.has('flatpak')) return []
  const ids = new Set<string>()
  return (config.flatpak ?? []).flatMap((entry, index) => {
    const path: Path = ['flatpak', index]
    for (const key of NEEDED) {
      if (!entry[key]) renderer.problem('missing-key', path, `flatpak[${index}] needs \`${key}\``, `set \`${key}\``)
    }
    const id = entry.id ?? ''
    if (ids.has(id)) {
      const mend = 'give each entry its own `id`'
      renderer.problem('duplicate-id', [...path, 'id'], `two entries of flatpak have the id ${id}`, mend)
    }
    ids.add(id)
    if (!/^[A-Za-z0-9._-]*$/.test(entry.app_id ?? '')) {
      renderer.problem('flatpak-id', [...path, 'app_id'], `${entry.app_id} is no id such as org.example.Hello`)
      return []
    }
    if (renderer.isTrue(entry.disable, [...path, 'disable'])) {
      renderer.problem('disabled', path, `flatpak[${index}] is disabled`, undefined, 'info')
      return []
    }
    const chosen = binaries.filter(
      ({ id, platform, product, universal }) =>
        platform.goos === 'linux' &&
        product === undefined &&
        universal === undefined &&
        platform.goarch in ARCHES &&
        (!entry.ids?.length || entry.ids.includes(id)),
    )
    const keyOf = platformKeys(chosen.map((one) => one.platform))
    return [...Map.groupBy(chosen, (one) => keyOf(one.platform)).values()].flatMap((group): PlannedFlatpak[] => {
      const [first] = group
      if (first === undefined) return []
      const folder = renderer.try(entry.name_template || NAME, [...path, 'name_template'], dataOf(first))
      if (folder === undefined) return []
      const arch = ARCHES[first.platform.goarch] ?? ''
      const name = `${folder}.flatpak`
      names.push({ name, at: [...path, 'name_template'] })
      return [
        {
          name,
          kind: 'flatpak',
          id,
          format: 'flatpak',
          platform: first.platform,
          folder: posix.join(dist, 'flatpak', folder, arch),
          arch,
          appId: entry.app_id ?? '',
          branch: version,
          manifest: manifestOf(entry, group),
          binaries: group.map((one) => one.path),
        },
      ]
    })
  })
}

function manifestOf(entry: NonNullable<Config['flatpak']>[number], group: PlannedBinary[]): string {
  const files = group.map((one) => posix.basename(one.path))
  const manifest = {
    id: entry.app_id,
    runtime: entry.runtime,
    'runtime-version': entry.runtime_version,
    sdk: entry.sdk,
    command: entry.command || files[0],
    ...(entry.finish_args?.length ? { 'finish-args': entry.finish_args } : {}),
    modules: [
      {
        name: entry.app_id,
        buildsystem: 'simple',
        'build-commands': files.map((file) => `install -Dm755 ${file} /app/bin/${file}`),
        sources: files.map((file) => ({ type: 'file', path: file, 'dest-filename': file })),
      },
    ],
  }
  // encoding/json writes these three as escapes.
  return JSON.stringify(manifest, undefined, 2).replaceAll(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`)
}
