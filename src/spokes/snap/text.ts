import type { Manifest } from '../../manifest/manifest.ts'
import { goYaml, sortedMap, type YamlValue } from '../shared/go-yaml.ts'
import type { SnapSettings } from './settings.ts'

/** The text of `meta/snap.yaml`; GoReleaser's own for the same input. */
export function snapText(manifest: Manifest, settings: SnapSettings, one: SnapSettings['packages'][number]): string {
  const { name, summary, description, grade, confinement } = settings
  const hasApps = Object.keys(settings.apps).length > 0
  // Without apps GoReleaser writes neither of these.
  const own = <T>(value: T): T | undefined => (hasApps && Object.keys(value as object).length > 0 ? value : undefined)
  return goYaml({
    name,
    title: settings.title || undefined,
    version: manifest.version,
    summary,
    description,
    icon: settings.icon || undefined,
    base: settings.base || undefined,
    license: settings.license || undefined,
    grade: grade || undefined,
    confinement: confinement || undefined,
    architectures: [one.arch],
    assumes: own(settings.assumes),
    layout: layoutOf(settings),
    apps: appsOf(settings, one),
    hooks: own(tree(settings.hooks)),
    plugs: own(tree(settings.plugs)),
  })
}

function layoutOf({ layout }: SnapSettings): YamlValue | undefined {
  if (Object.keys(layout).length === 0) return undefined
  return sortedMap(
    Object.fromEntries(
      Object.entries(layout).map(([path, { symlink, bind, bindFile, type }]) => [
        path,
        {
          symlink: symlink || undefined,
          bind: bind || undefined,
          'bind-file': bindFile || undefined,
          type: type || undefined,
        },
      ]),
    ),
  )
}

function appsOf({ name, apps }: SnapSettings, one: SnapSettings['packages'][number]): YamlValue {
  const given = Object.entries(apps)
  if (given.length === 0) return { [one.named ? name : one.app]: { command: one.app } }
  return sortedMap(Object.fromEntries(given.map(([key, { command, more }]) => [key, { command, ...asMaps(more) }])))
}

/** The keys of an app keep their order; maps below them are sorted. */
function asMaps(more: Record<string, unknown>): Record<string, YamlValue> {
  return Object.fromEntries(Object.entries(more).map(([key, value]) => [key, tree(value)]))
}

/** A value as it was read from YAML, its maps sorted. */
function tree(value: unknown): YamlValue {
  if (Array.isArray(value)) return value.map(tree)
  if (typeof value === 'object' && value !== null) {
    return sortedMap(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, tree(one)])))
  }
  return value as YamlValue
}
