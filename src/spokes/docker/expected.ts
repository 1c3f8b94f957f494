import type { Artifact } from '../../core/artifact.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { artifactNamed } from '../shared/packages.ts'
import { interpret } from './dockerfile/interpret.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { parsePlatform } from './dockerfile/platform.ts'
import { textsIn } from './pins.ts'
import { contextTree, dockerfileOf } from './project-context.ts'
import { unknownBase } from './read-ahead.ts'
import type { DockerSettings, ImageSettings } from './settings.ts'

/** A file of the hub that an image must hold. */
export interface ExpectedFile {
  name: string
  /** Any of these will do, each with its size: a package as it is, or a program out of it. */
  bytes: { size: number; sha256: string; program?: string }[]
}

export interface ExpectedPlatform {
  /** `linux/arm64` */
  name: string
  files: ExpectedFile[]
  /** Whether one of the files is enough: an engine ran what we do not read. */
  any: boolean
}

/**
 * What of the hub each platform's image must hold: the programs and packages that the Dockerfile copies into it. Of a package that an
 * engine installs, its programs.
 */
export function expectedOf(settings: DockerSettings, manifest: Manifest): ExpectedPlatform[] {
  const entries = manifest.spokes.flatMap((one) =>
    one.spoke === 'docker' ? [{ settings: one.settings as DockerSettings, pins: one.pins ?? {} }] : [],
  )
  if (settings.role === 'list') {
    return entries.flatMap((one) => {
      const member = one.settings
      const ours = member.role === 'image' && member.names.some((name) => settings.members.includes(name))
      return ours ? expectedOf(member, manifest) : []
    })
  }
  const pins = manifest.spokes.find((one) => (one.settings as { at?: unknown }).at === settings.at)?.pins ?? {}
  return settings.platforms.map(({ name, files }) => {
    const all = new Map(
      files.map((one) => [one.path, expectedFile(artifactNamed(manifest, one.artifact), one.program)]),
    )
    if (settings.ko !== undefined) return { name, files: [...all.values()], any: false }
    const { taken, engine } = takenBy(settings, pins, name)
    const copied = [...all].filter(([path]) => taken.has(path)).map(([, file]) => file)
    return copied.length === 0 && engine
      ? { name, files: [...all.values()], any: true }
      : { name, files: copied, any: false }
  })
}

/** Files of the context that are in the image at the end, as far as that is read; and whether an engine ran something. */
function takenBy(
  settings: ImageSettings,
  pins: Readonly<Record<string, string>>,
  name: string,
): { taken: Set<string>; engine: boolean } {
  const texts = textsIn(pins)
  const source = dockerfileOf(texts)
  let engine = false
  const { layers } = interpret(parseDockerfile(settings.dockerfile, source), {
    platform: parsePlatform(name)!,
    args: settings.buildArgs,
    target: settings.target,
    context: contextTree(settings, texts),
    base: (_, platform) => unknownBase(platform),
    onEngine: () => {
      engine = true
    },
  })
  const there = new Map<string, string>()
  for (const layer of layers) {
    for (const [path, node] of layer.nodes) {
      there.delete(path)
      if (node.type === 'file' && node.source.from === 'context') there.set(path, node.source.path)
    }
    for (const { path, source: from } of layer.unpack) if (from.from === 'context') there.set(path, from.path)
  }
  return { taken: new Set(there.values()), engine }
}

function expectedFile(artifact: Artifact, program: string | undefined): ExpectedFile {
  const inner = artifact.binaries
    .map(({ name, size, sha256 }) => ({ size, sha256, program: name.split('/').at(-1) ?? name }))
    .filter((one) => program === undefined || one.program === program)
  if (program !== undefined) return { name: program, bytes: inner }
  return { name: artifact.name, bytes: [{ size: artifact.size, sha256: artifact.sha256 }, ...inner] }
}
