import { posix } from 'node:path'
import type { Config } from '../../../config/config.ts'
import { DOCKER_HUB, parseImageName } from '../../../external/oci-registry.ts'
import { koBinary, koPlatforms, koProgram, koRepository } from '../../../plan/ko.ts'
import type { KoProgram } from '../../../plan/ko.ts'
import type { SpokeConfig } from '../../../plan/spoke-config.ts'
import { problem, Renderer } from '../../shared/renderer.ts'
import { BASE_FIELDS } from '../base-mark.ts'
import { parsePlatform, platformText } from '../dockerfile/platform.ts'
import { checkNames } from '../names.ts'
import { entryOf, showAt } from '../resolve-entry.ts'
import type { Resolved } from '../resolve-entry.ts'
import { contextFiles } from '../select.ts'
import type { ImageSettings, KoSettings, NamedBase } from '../settings.ts'

type Ko = NonNullable<Config['kos']>[number]

/** ko's own default, and GoReleaser's. */
const BASE = 'cgr.dev/chainguard/static'

/** The entries of `kos`, every text rendered. */
export function resolveKos(config: SpokeConfig): Resolved[] {
  const all = (config.config.kos ?? []).flatMap((one, at) => resolveKo(new Renderer(config, ['kos', at]), one))
  checkNames(config, all)
  return all
}

function resolveKo(renderer: Renderer, ko: Ko): Resolved[] {
  const { config } = renderer
  const { files } = config
  if (config.isTrue(ko.disable, [...renderer.path, 'disable'])) return []
  const program = files === undefined ? undefined : koProgram(ko, config.config, files)
  if (program === undefined) return []
  if (program.main.endsWith('...') || program.main.startsWith('..') || program.dir.startsWith('..')) {
    problem(renderer, ['main'], 'ko-main', `${program.main} is no package of the project`, 'name one: ./cmd/hello')
    return []
  }
  const tags = renderer.list((ko.tags ?? []).length > 0 ? ko.tags : ['latest'], ['tags']).filter((one) => one.trim())
  if (tags.length === 0) problem(renderer, ['tags'], 'ko-tag', 'all tags come out empty', 'add one: "{{ .Tag }}"')
  const names = repositoriesOf(renderer, ko, program).flatMap((one) => tags.map((tag) => `${one}:${tag}`))
  const platforms = platformsOf(renderer, ko, program)
  if (platforms.length === 0 || names.length === 0) return []
  const base = ko.base_image || BASE
  const marks = pairs(renderer, ko.annotations, 'annotations')
  const sbom = !['none', 'cyclonedx', 'go.version-m'].includes(ko.sbom ?? '')
  const annotations = { ...marks, 'org.opencontainers.image.base.name': referenceOf(base) }
  const settings: ImageSettings = {
    role: 'image',
    at: showAt(renderer),
    id: program.id,
    names: [...new Set(names)],
    platforms,
    dockerfile: '',
    ko: {
      base,
      importPath: program.importPath,
      app: program.app,
      user: ko.user ?? '',
      data: posix.join(program.dir, program.main, 'kodata'),
      ...timesOf(renderer, ko),
    },
    extraFiles: [],
    labels: pairs(renderer, ko.labels, 'labels'),
    buildArgs: {},
    target: '',
    annotations: {
      manifest: annotations,
      index: { ...annotations, 'org.opencontainers.image.base.digest': BASE_FIELDS.BaseImageDigest },
    },
    index: platforms.length > 1 || sbom,
    sbom,
    provenance: false,
    bases: platforms.map(({ name }) => ({ name: base, platform: name, ...placeOf(renderer) })),
  }
  return [entryOf(settings, settings.names, undefined)]
}

/** Where the config names the base image. A config that is no file of the project has no place that is the same elsewhere. */
function placeOf({ config, path }: Renderer): Pick<NamedBase, 'where'> {
  const where = config.position([...path, 'base_image']) ?? config.position(path)
  if (where === undefined || where.file === '-' || where.file.startsWith('..')) return {}
  const { file, line, column } = where
  return { where: { file, line, column } }
}

/** The first is named as ko does; to the others GoReleaser copies the image under their own names. A snapshot is for one machine. */
function repositoriesOf({ config }: Renderer, ko: Ko, { importPath }: KoProgram): string[] {
  const told = [...(ko.repositories ?? []), ...(ko.repository ? [ko.repository] : [])]
  const env = config.env?.['KO_DOCKER_REPO']
  const [first, ...others] = env ? [env] : told
  if (first === undefined) return []
  if (config.plan.source.snapshot) return [koRepository(ko.local_domain || 'goreleaser.ko.local', importPath, ko)]
  return [koRepository(first, importPath, ko), ...others]
}

function platformsOf(renderer: Renderer, ko: Ko, program: KoProgram): ImageSettings['platforms'] {
  const { plan } = renderer.config
  return koPlatforms(ko).flatMap((text, at) => {
    const key = (ko.platforms ?? []).length > 0 ? ['platforms', at] : []
    const platform = parsePlatform(text)
    if (platform?.os !== 'linux') {
      const mend = 'name them one by one, such as linux/amd64 and linux/arm64'
      problem(renderer, key, 'ko-platform', `${text} is no platform that an image is made for`, mend)
      return []
    }
    const binary = koBinary(plan, program, text)
    const held = contextFiles(plan, { only: binary, fits: () => true, ids: [], pathOf: () => `${at}/${program.app}` })
    if (held.files.length === 0) {
      // What is wrong with the build is told there.
      const mend = 'do not pass over archives: --skip=archive'
      problem(renderer, key, 'ko-program', `no file of the release holds ${program.app} for ${text}`, mend)
      return []
    }
    return [{ name: platformText(platform), files: held.files }]
  })
}

/** Seconds since the epoch, rendered. */
function timesOf(renderer: Renderer, ko: Ko): Pick<KoSettings, 'created' | 'dataCreated'> {
  const seconds = (key: 'creation_time' | 'ko_data_creation_time'): number | undefined => {
    const text = renderer.text(ko[key], [key]).trim()
    if (text === '') return undefined
    if (/^\d{1,12}$/.test(text)) return Number(text)
    problem(
      renderer,
      [key],
      'ko-time',
      `${JSON.stringify(text)} is no number of seconds`,
      'write {{ .CommitTimestamp }}',
    )
    return undefined
  }
  const created = seconds('creation_time')
  const dataCreated = seconds('ko_data_creation_time')
  return { ...(created === undefined ? {} : { created }), ...(dataCreated === undefined ? {} : { dataCreated }) }
}

function pairs(renderer: Renderer, raw: Record<string, string> | undefined, key: string): Record<string, string> {
  return Object.fromEntries(Object.keys(raw ?? {}).map((name) => [name, renderer.text(raw?.[name], [key, name])]))
}

/** A name in full, as annotations have it. */
function referenceOf(name: string): string {
  const { host, repository, tag, digest } = parseImageName(name)
  const end = digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`
  return `${host === DOCKER_HUB ? 'index.docker.io' : host}/${repository}${end}`
}
