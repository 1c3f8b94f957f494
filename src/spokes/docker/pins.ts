import { lstat, readFile, readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { inside } from '../../core/paths.ts'
import { parseImageName } from '../../external/oci-registry.ts'
import type { ChannelIO } from '../spoke.ts'
import { readingBase } from './base-fault.ts'
import { resolveBase } from './base.ts'
import { interpret } from './dockerfile/interpret.ts'
import { parseDockerfile } from './dockerfile/parse.ts'
import { parsePlatform } from './dockerfile/platform.ts'
import { contextPath } from './flags.ts'
import { koData } from './ko/data.ts'
import { contextTree, dockerfileOf } from './project-context.ts'
import type { ProjectText } from './project-context.ts'
import { noting } from './read-ahead.ts'
import { readingRegistry } from './registries.ts'
import type { DockerSettings, ImageSettings, NamedBase } from './settings.ts'

/** Texts sealed with an entry may be this big, all together. */
const MOST = 1024 * 1024

/** What stands for a base image that was not read. */
export const STAND_IN = 'stand-in'

/**
 * What is frozen when the release is sealed: the Dockerfile and `extra_files` as texts (`file:PATH`, `run:PATH` for one that may be
 * executed, `base64:` before bytes that are no text), the manifest of each base image (`base:NAME PLATFORM`) and what its name stood
 * for (`name:NAME`); `from` is the name that the last stage goes on from. Nothing of the project is needed after that.
 */
export async function pinSettings(
  settings: DockerSettings,
  io: ChannelIO & { root: string },
): Promise<Record<string, string>> {
  if (settings.role === 'list') return {}
  const texts = settings.ko === undefined ? await projectTexts(settings, io.root) : await koData(settings.ko, io.root)
  const size = texts.reduce((sum, one) => sum + one.bytes.length, 0)
  if (size > MOST) {
    const most = texts.toSorted((a, b) => b.bytes.length - a.bytes.length)[0]
    throw new TagonceError(
      'spoke',
      `${settings.at}: extra_files are ${size} bytes, of which ${most?.path ?? ''} has ${most?.bytes.length ?? 0}; ${MOST} can be sealed`,
      {
        hint: 'only small files are sealed with a release: put big ones into an archive or a package of it',
      },
    )
  }
  const pins: Record<string, string> = {}
  for (const { path, executable, bytes } of texts) {
    const text = bytes.toString()
    const plain = Buffer.from(text).equals(bytes) && !text.startsWith('base64:')
    pins[`${executable ? 'run' : 'file'}:${path}`] = plain ? text : `base64:${bytes.toString('base64')}`
  }
  const { bases, last } = readBases(settings, texts)
  if (last !== undefined) pins['from'] = last
  for (const base of bases) {
    const { name, platform } = base
    const { named, digest } = await pinBase(settings, base, io)
    pins[`base:${name} ${platform}`] = digest
    pins[`name:${name}`] = named
  }
  return pins
}

async function pinBase(
  settings: ImageSettings,
  base: NamedBase,
  io: ChannelIO,
): Promise<{ named: string; digest: string }> {
  const { name, platform } = base
  const registry = await readingRegistry(parseImageName(name).host, io)
  if (registry !== undefined)
    return readingBase(settings.at, base, () => resolveBase(name, parsePlatform(platform)!, registry))
  io.task.log(`${settings.at}: ${name} is not read (--offline); an empty image stands in for it`)
  return { named: STAND_IN, digest: STAND_IN }
}

/** The texts that were sealed. */
export function textsIn(pins: Readonly<Record<string, string>>): ProjectText[] {
  return Object.entries(pins).flatMap(([key, value]) => {
    const [, kind, path = ''] = /^(file|run):(.*)$/s.exec(key) ?? []
    if (kind === undefined) return []
    const bytes = value.startsWith('base64:') ? Buffer.from(value.slice(7), 'base64') : Buffer.from(value)
    return [{ path, executable: kind === 'run', bytes }]
  })
}

/** The base images that the Dockerfile needs, by name and platform. */
export function basesOf(settings: ImageSettings, texts: readonly ProjectText[]): ImageSettings['bases'] {
  return readBases(settings, texts).bases
}

/** The same, and the name of that which the last stage goes on from; none on scratch. */
function readBases(
  settings: ImageSettings,
  texts: readonly ProjectText[],
): { bases: ImageSettings['bases']; last: string | undefined } {
  const { ko } = settings
  if (ko !== undefined) return { bases: settings.bases, last: ko.base }
  let last: string | undefined
  const source = dockerfileOf(texts)
  const dockerfile = parseDockerfile(settings.dockerfile, source)
  const bases = new Map<string, NamedBase>()
  for (const { name } of settings.platforms) {
    const recipe = interpret(dockerfile, {
      platform: parsePlatform(name)!,
      args: settings.buildArgs,
      target: settings.target,
      context: contextTree(settings, texts),
      base: noting(settings.dockerfile, bases),
      // By now it is known whether there is one; where files come from does not depend on it.
      onEngine: () => {},
    })
    last = recipe.base?.name
  }
  return { bases: [...bases.values()], last }
}

async function projectTexts(settings: ImageSettings, root: string): Promise<ProjectText[]> {
  const texts: ProjectText[] = []
  const read = async (path: string, as: string): Promise<void> => {
    const file = inside(root, path)
    const facts = await lstat(file).catch(() => undefined)
    if (facts === undefined) {
      throw new TagonceError('spoke', `${settings.at}: there is no ${path}`, {
        hint: 'paths are relative to the root of the project',
      })
    }
    if (facts.isSymbolicLink()) {
      throw new TagonceError('spoke', `${settings.at}: ${path} is a symbolic link`, {
        hint: 'name the file that it points to',
      })
    }
    if (facts.isDirectory()) {
      for (const name of (await readdir(file)).toSorted()) await read(`${path}/${name}`, `${as}/${name}`)
      return
    }
    // Of the mode, git keeps only this: another umask must not give another image.
    texts.push({ path: as, executable: (facts.mode & 0o100) !== 0, bytes: await readFile(file) })
  }
  await read(contextPath(settings.dockerfile), 'Dockerfile')
  for (const path of settings.extraFiles) {
    const as = contextPath(path)
    if (as.startsWith('..') || as.startsWith('/'))
      throw new TagonceError('config', `${settings.at}: ${path} lies outside of the project`)
    await read(as, as)
  }
  return [...new Map(texts.map((one) => [one.path, one])).values()].filter((one) => basename(one.path) !== '')
}
