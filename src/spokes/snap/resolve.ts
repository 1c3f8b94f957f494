import type { Config } from '../../config/config.ts'
import { artifactData, platformKeys } from '../../plan/context.ts'
import type { PlannedBinary } from '../../plan/plan.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { problem, Renderer } from '../shared/renderer.ts'
import type { SnapApp, SnapSettings } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

type Snap = NonNullable<Config['snapcrafts']>[number]
type App = NonNullable<Snap['apps']>[string]

const NAME =
  '{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}' +
  '{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}'

/** The store's words for Go's architectures (snapcraft.io/docs/architectures). */
const ARCHES: Record<string, string> = {
  '386': 'i386',
  amd64: 'amd64',
  arm: 'armhf',
  arm64: 'arm64',
  ppc64le: 'ppc64el',
  s390x: 's390x',
}

/** The entries of `snapcrafts`. GoReleaser renders summary, description, grade, file names and channels only. */
export function resolveSnaps(config: SpokeConfig): SpokeEntry<SnapSettings>[] {
  return (config.config.snapcrafts ?? []).map((snap, at) => {
    const renderer = new Renderer(config, ['snapcrafts', at])
    const settings = resolveSnap(renderer, snap)
    const disabled = renderer.config.isTrue(snap.disable, [...renderer.path, 'disable'])
    const skip = disabled ? 'disable is set' : snap.publish === true ? undefined : 'publish is not set'
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveSnap(renderer: Renderer, snap: Snap): SnapSettings {
  const { project } = renderer.config.plan
  const grade = renderer.text(snap.grade, ['grade']) || 'stable'
  const channels = renderer.list(snap.channel_templates, ['channel_templates']).filter((one) => one !== '')
  const standard = grade === 'devel' ? ['edge', 'beta'] : ['edge', 'beta', 'candidate', 'stable']
  return {
    name: snap.name || project,
    title: snap.title ?? '',
    summary: renderer.text(snap.summary, ['summary']),
    description: renderer.text(snap.description, ['description']),
    icon: snap.icon ?? '',
    base: snap.base ?? '',
    license: snap.license ?? '',
    grade,
    confinement: snap.confinement || 'strict',
    assumes: snap.assumes ?? [],
    layout: Object.fromEntries(
      Object.entries(snap.layout ?? {}).map(
        ([path, { symlink = '', bind = '', bind_file: bindFile = '', type = '' }]) => [
          path,
          { symlink, bind, bindFile, type },
        ],
      ),
    ),
    apps: Object.fromEntries(Object.entries(snap.apps ?? {}).map(([name, app]) => [name, resolveApp(name, app)])),
    hooks: snap.hooks ?? {},
    plugs: snap.plugs ?? {},
    channels: (snap.channel_templates ?? []).length === 0 ? standard : channels,
    files: (snap.extra_files ?? []).map(({ source = '', destination = '', mode = 0 }) => ({
      source,
      destination: destination || source,
      mode: mode || 0o644,
    })),
    packages: packagesOf(renderer, snap),
  }
}

/** Keys of snap.yaml by those of the config, in the order in which they are written. */
const APP_KEYS = [
  'adapter',
  'after',
  'aliases',
  'autostart',
  'before',
  'bus_name',
  'command_chain',
  'common_id',
  'completer',
  'daemon',
  'desktop',
  'environment',
  'extensions',
  'install_mode',
  'passthrough',
  'plugs',
  'post_stop_command',
  'refresh_mode',
  'reload_command',
  'restart_condition',
  'restart_delay',
  'slots',
  'sockets',
  'start_timeout',
  'stop_command',
  'stop_mode',
  'stop_timeout',
  'timer',
  'watchdog_timeout',
] as const satisfies (keyof App)[]

function resolveApp(name: string, app: App): SnapApp {
  const more: Record<string, unknown> = {}
  for (const key of APP_KEYS) {
    const value = app[key]
    const isEmpty =
      value === undefined || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
    if (!isEmpty) more[key.replaceAll('_', '-')] = value
  }
  return { command: [app.command || name, app.args ?? ''].join(' ').trim(), more }
}

/** One snap for each platform that has programs; platforms that the store does not know are left out. */
function packagesOf(renderer: Renderer, snap: Snap): SnapSettings['packages'] {
  const { plan } = renderer.config
  const ids = snap.ids ?? []
  // What is built for images only, and libraries, are no programs of a snap.
  const binaries = plan.binaries.filter(
    ({ id, platform, product }) =>
      product === undefined && platform.goos === 'linux' && (ids.length === 0 || ids.includes(id)),
  )
  const keyOf = platformKeys(binaries.map((one) => one.platform))
  const groups = Map.groupBy(binaries, (one) => keyOf(one.platform))
  tellLacking(renderer, snap, binaries)
  return onePerArch(renderer, [...groups.values()]).flatMap((group) => {
    const [first] = group
    const arch = first === undefined ? undefined : ARCHES[first.platform.goarch]
    if (first === undefined || arch === undefined) return []
    const fields = artifactData(first.platform, fileOf(first))
    return [
      {
        file: renderer.text(snap.name_template || NAME, ['name_template'], fields),
        arch,
        app: baseOf(first),
        named: Boolean(snap.name),
        programs: group.map((one) => ({ name: baseOf(one), artifact: holderOf(renderer, one) })),
      },
    ]
  })
}

function fileOf(binary: PlannedBinary): { name: string; ext: string; path: string } {
  return { name: `${binary.name}${binary.ext}`, ext: binary.ext, path: binary.path }
}

function baseOf(binary: PlannedBinary): string {
  return `${binary.name.split('/').at(-1) ?? binary.name}${binary.ext}`
}

/**
 * The store has one revision for an architecture, and GoReleaser would let chance decide. Ubuntu's armhf is ARMv7
 * (wiki.debian.org/ArmHardFloatPort); of the levels of other processors the lowest runs everywhere.
 */
function onePerArch(renderer: Renderer, groups: PlannedBinary[][]): PlannedBinary[][] {
  const archOf = ([first]: PlannedBinary[]): string => ARCHES[first?.platform.goarch ?? ''] ?? ''
  return [...Map.groupBy(groups, archOf)].flatMap(([arch, same]) => {
    const sorted = same.toSorted((a, b) => levelOf(a) - levelOf(b))
    const chosen = arch === 'armhf' ? sorted.at(-1) : sorted[0]
    if (arch === '' || same.length === 1 || chosen === undefined) return same
    const message = `the store takes one snap for ${arch}: ${chosen[0]?.platform.target} is in it, and no other`
    const mend = 'build for one level of it, or choose with `ids`'
    if (!renderer.config.plan.source.snapshot) problem(renderer, [], 'snap-one-level', message, mend, 'warning')
    return [chosen]
  })
}

/** `7` of arm, `1` of `v1`. */
function levelOf([first]: PlannedBinary[]): number {
  const { goarm, goamd64 } = first?.platform ?? {}
  return Number(/\d+/.exec(goarm || goamd64 || '')?.[0] ?? 0)
}

/** The artifact of the hub that a program is taken from: an archive, or the program itself; empty where there is none. */
function holderOf(renderer: Renderer, binary: PlannedBinary): string {
  const { archives, uploads } = renderer.config.plan
  const archive = archives.find((one) => one.binaries.includes(binary.path))
  return (uploads.find((one) => one.path === binary.path) ?? archive)?.name ?? ''
}

/** Programs that no file of the release holds, told once. Nothing of a snapshot is published, so nothing of it has to be held. */
function tellLacking(renderer: Renderer, snap: Snap, binaries: PlannedBinary[]): void {
  if (snap.publish !== true || renderer.config.plan.source.snapshot) return
  const lacking = binaries.filter((one) => one.platform.goarch in ARCHES && holderOf(renderer, one) === '')
  if (lacking.length === 0) return
  const names = lacking.map(({ name, platform }) => `${name} (${platform.goos}/${platform.goarch})`).join(', ')
  const message = `a snap takes its programs from the release, and no archive in it holds ${names}`
  const mend = 'add an archive for it: formats [binary] uploads the program as it is'
  problem(renderer, ['ids'], 'snap-no-archive', message, mend)
}
