import { createHash } from 'node:crypto'
import type { HubReader } from '../../../hub/hub.ts'
import { artifactNamed } from '../../shared/packages.ts'
import { interpret } from '../dockerfile/interpret.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import { parsePlatform } from '../dockerfile/platform.ts'
import { STAND_IN, textsIn } from '../pins.ts'
import { contextTree, dockerfileOf } from '../project-context.ts'
import { unknownBase } from '../read-ahead.ts'
import type { DockerSettings, ImageSettings } from '../settings.ts'

/** The annotation that tells from what an engine made an image; the same made twice is not the same to the byte. */
export const RECIPE = 'vnd.tagonce.recipe'

/** Whether its Dockerfile has what only an engine carries out, on any platform. */
export function needsEngine(settings: ImageSettings, pins: Readonly<Record<string, string>>): boolean {
  if (settings.ko !== undefined) return false
  const texts = textsIn(pins)
  const dockerfile = parseDockerfile(settings.dockerfile, dockerfileOf(texts))
  let needed = false
  for (const { name } of settings.platforms) {
    interpret(dockerfile, {
      platform: parsePlatform(name)!,
      args: settings.buildArgs,
      target: settings.target,
      context: contextTree(settings, texts),
      base: (_, platform) => unknownBase(platform),
      onEngine: () => {
        needed = true
      },
    })
  }
  return needed
}

/** Whether a base image was not read (`--offline`): then nothing can be run on it, and what needs an engine is passed over. */
export function standsIn(pins: Readonly<Record<string, string>>): boolean {
  return Object.values(pins).includes(STAND_IN)
}

/**
 * Digest of all that goes into an image which an engine makes: the Dockerfile and the other texts, the base images, the settings, and
 * the files of the hub. Undefined for one that is made here.
 */
export function recipeOf(settings: DockerSettings, hub: HubReader): string | undefined {
  const { manifest } = hub
  const entries = manifest.spokes.filter((one) => one.spoke === 'docker')
  const pinsOf = (at: string): Record<string, string> =>
    entries.find((one) => (one.settings as { at?: unknown }).at === at)?.pins ?? {}
  if (settings.role === 'list') {
    const members = entries.flatMap((one) => {
      const other = one.settings as DockerSettings
      return other.role === 'image' && other.names.some((name) => settings.members.includes(name)) ? [other] : []
    })
    const recipes = members.map((one) => recipeOf(one, hub))
    if (recipes.every((one) => one === undefined)) return undefined
    return digestOf([settings, members.map((one, at) => recipes[at] ?? [one, filesOf(one, hub), pinsOf(one.at)])])
  }
  const pins = pinsOf(settings.at)
  if (standsIn(pins) || !needsEngine(settings, pins)) return undefined
  const { engine: _, bases: __, ...told } = settings
  const sealed = Object.entries(pins).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return digestOf([manifest.commit, manifest.version, told, sealed, filesOf(settings, hub)])
}

function filesOf(settings: DockerSettings, { manifest }: HubReader): string[] {
  if (settings.role === 'list') return []
  const names = settings.platforms.flatMap((one) => one.files.map(({ artifact }) => artifact))
  return [...new Set(names)].toSorted().map((name) => artifactNamed(manifest, name).sha256)
}

function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`
}
