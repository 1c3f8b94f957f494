import type { Diagnostic } from '../../core/errors.ts'
import type { OciPlatform } from '../../formats/oci-types.ts'
import type { Renderer } from '../shared/renderer.ts'
import { DockerfileFault } from './dockerfile/fault.ts'
import { FileTree } from './dockerfile/file-tree.ts'
import { interpret } from './dockerfile/interpret.ts'
import type { BaseImage, InterpretInput } from './dockerfile/interpret.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { parsePlatform, platformText } from './dockerfile/platform.ts'
import { contextTree, dockerfileOf, plannedTexts } from './project-context.ts'
import type { ImageSettings, NamedBase } from './settings.ts'

/** A base of which nothing is known: it has no files and no users, and nothing is missed in it. */
export function unknownBase(platform: OciPlatform): BaseImage {
  const config = { ...platform, rootfs: { type: 'layers' as const, diff_ids: [] } }
  return { config, tree: new FileTree(), passwd: '', group: '', unknown: true }
}

/** Writes down which base images a Dockerfile asks for, each with the first line that names it; nothing of them is read. */
export function noting(file: string, bases: Map<string, NamedBase>): InterpretInput['base'] {
  return (name, wanted, place) => {
    const platform = platformText(wanted)
    const key = `${name} ${platform}`
    if (!bases.has(key)) bases.set(key, { name, platform, where: { file, ...place } })
    return unknownBase(wanted)
  }
}

/**
 * Carries the Dockerfile out on paper before anything is built, so that what is wrong with it is told now, with its line. Gives the
 * base images it asks for, and what in it needs an engine. A file that hooks may still write is passed over.
 */
export function readAhead(
  renderer: Renderer,
  settings: ImageSettings,
  quiet: boolean,
): Pick<ImageSettings, 'bases' | 'engine'> {
  const { files, plan } = renderer.config
  if (files === undefined || quiet) return { bases: [] }
  const tell = (diagnostic: Diagnostic): void => renderer.config.problem(diagnostic)
  const { texts, lacking } = plannedTexts(settings, files)
  const where = renderer.config.position(renderer.path)
  const mayCome =
    plan.before.length > 0 || plan.binaries.some((one) => one.hooks.pre.length + one.hooks.post.length > 0)
  for (const path of lacking) {
    const inDist = path === plan.dist || path.startsWith(`${plan.dist}/`)
    tell({
      severity: mayCome || inDist ? 'warning' : 'error',
      code: 'docker-file',
      message: `${settings.at}: there is no ${path}${mayCome || inDist ? ' yet; it has to be there when the release is sealed' : ''}`,
      mend: 'paths are relative to the root of the project',
      ...(where === undefined ? {} : { where }),
    })
  }
  if (lacking.length > 0) return { bases: [] }
  const source = dockerfileOf(texts)
  const bases = new Map<string, NamedBase>()
  let engine: ImageSettings['engine']
  try {
    const dockerfile = parseDockerfile(settings.dockerfile, source)
    for (const { name } of settings.platforms) {
      const platform = parsePlatform(name)
      if (platform === undefined) continue
      interpret(dockerfile, {
        platform,
        args: settings.buildArgs,
        target: settings.target,
        context: contextTree(settings, texts),
        base: noting(settings.dockerfile, bases),
        onEngine({ place, what }) {
          engine ??= { what, file: settings.dockerfile, ...place }
        },
      })
    }
  } catch (error) {
    if (!(error instanceof DockerfileFault)) throw error
    for (const one of error.diagnostics) tell(one)
  }
  return { bases: [...bases.values()], ...(engine === undefined ? {} : { engine }) }
}
