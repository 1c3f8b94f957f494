import type { Config } from '../../config/config.ts'
import type { Platform } from '../../core/platform.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { problem, Renderer } from '../shared/renderer.ts'
import { parsePlatform, platformText } from './dockerfile/platform.ts'
import { buildFlags } from './flags.ts'
import { checkNames } from './names.ts'
import { entryOf, flagsOf, showAt, tellLacking } from './resolve-entry.ts'
import type { Resolved } from './resolve-entry.ts'
import { resolveV2 } from './resolve-v2.ts'
import { readAhead } from './read-ahead.ts'
import { contextFiles, idsWithout } from './select.ts'
import type { ImageSettings, ListSettings } from './settings.ts'

type Docker = NonNullable<Config['dockers']>[number]
type DockerManifest = NonNullable<Config['docker_manifests']>[number]

/** The entries of `dockers`, `docker_manifests` and `dockers_v2`, every text rendered. */
export function resolveSettings(config: SpokeConfig): Resolved[] {
  const { dockers = [], docker_manifests: manifests = [], dockers_v2: v2 = [] } = config.config
  const images = dockers.flatMap((one, at) => resolveDocker(new Renderer(config, ['dockers', at]), one))
  const lists = manifests.flatMap((one, at) =>
    resolveManifest(new Renderer(config, ['docker_manifests', at]), one, images),
  )
  const all = [
    ...(config.plan.source.snapshot ? images : giveNames(images, lists)),
    ...lists,
    ...v2.flatMap((one, at) => resolveV2(new Renderer(config, ['dockers_v2', at]), one)),
  ]
  checkNames(config, all)
  return all
}

/** A manifest comes after the images, so it is what its name gives; an image that has other names leaves it to the manifest. */
function giveNames(images: Resolved[], lists: Resolved[]): Resolved[] {
  const taken = new Set(lists.flatMap(({ settings, skip }) => (skip === undefined ? settings.names : [])))
  return images.map((image) => {
    const names = image.settings.names.filter((name) => !taken.has(name))
    return names.length === 0 ? image : entryOf({ ...image.settings, names }, names, image.skip)
  })
}

function resolveDocker(renderer: Renderer, docker: Docker): Resolved[] {
  const { plan } = renderer.config
  const names = renderer
    .list(docker.image_templates, ['image_templates'])
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const at = renderer.path.join('.')
  const flags = flagsOf(renderer, docker.build_flag_templates, 'build_flag_templates')
  const { goos = '', goarch = '', goarm = '', goamd64 = '' } = docker
  const wanted = { goos: goos || 'linux', goarch: goarch || 'amd64', goarm: goarm || '6', goamd64: goamd64 || 'v1' }
  const choice = { ids: docker.ids ?? [], fits: (one: Platform) => fits(one, wanted) }
  const without = idsWithout(plan, choice)
  const { files, lacking } = contextFiles(plan, { ...choice, pathOf: (_, name) => name })
  const platform = parsePlatform(flags.platform ?? platformOf(wanted))
  if (platform === undefined) {
    problem(
      renderer,
      ['build_flag_templates'],
      'docker-platform',
      `${flags.platform} is no platform`,
      'write it like linux/arm64',
    )
    return []
  }
  const settings: ImageSettings = {
    role: 'image',
    at: showAt(renderer),
    id: docker.id ?? '',
    names,
    platforms: [{ name: platformText(platform), files }],
    dockerfile: renderer.text(docker.dockerfile, ['dockerfile']) || 'Dockerfile',
    extraFiles: docker.extra_files ?? [],
    labels: flags.labels,
    buildArgs: flags.buildArgs,
    target: flags.target,
    annotations: flags.annotations,
    // What GoReleaser gives to docker build: --provenance=false --sbom=false, unless they are told.
    index: flags.sbom === true || flags.provenance === true,
    sbom: flags.sbom ?? false,
    provenance: flags.provenance ?? false,
    bases: [],
  }
  const nothing = `nothing is made for ${platformText(platform)} with the id ${without.join(', ')}`
  const skip =
    names.length === 0
      ? `${at} has no image_templates`
      : without.length > 0
        ? nothing
        : skipOf(renderer, docker.skip_push, 'skip_push')
  tellLacking(renderer, lacking)
  return [
    entryOf(
      {
        ...settings,
        ...readAhead(renderer, settings, docker.skip_build === true || lacking.length + without.length > 0),
      },
      names,
      skip,
    ),
  ]
}

function resolveManifest(renderer: Renderer, manifest: DockerManifest, images: Resolved[]): Resolved[] {
  const name = renderer.text(manifest.name_template, ['name_template']).trim()
  const members = renderer
    .list(manifest.image_templates, ['image_templates'])
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const known = images.flatMap((one) => one.settings.names)
  for (const [at, member] of members.entries()) {
    if (known.includes(member)) continue
    const mend = known.length === 0 ? 'add it to dockers' : `dockers makes ${known.join(', ')}`
    problem(renderer, ['image_templates', at], 'docker-manifest', `no entry of dockers makes ${member}`, mend)
  }
  const flags = buildFlags(
    renderer.list(manifest.create_flags, ['create_flags']).filter((one) => !/^--(amend|insecure)/.test(one.trim())),
  )
  const settings: ListSettings = {
    role: 'list',
    at: showAt(renderer),
    id: manifest.id ?? '',
    names: name === '' ? [] : [name],
    members: members.length === 0 ? ['-'] : members,
    annotations: { ...flags.annotations.manifest, ...flags.annotations.index },
  }
  const held = images.find(
    (one) => one.skip !== undefined && one.settings.names.some((other) => members.includes(other)),
  )
  const skip =
    name === ''
      ? 'the manifest has no name'
      : members.length === 0
        ? 'the manifest has no images'
        : (skipOf(renderer, manifest.skip_push, 'skip_push') ??
          (held === undefined ? undefined : `an image of it is not pushed: ${held.skip}`))
  return [entryOf(settings, settings.names, skip)]
}

/** Why it is not pushed, when it is not. */
function skipOf(renderer: Renderer, raw: string | boolean | undefined, key: string): string | undefined {
  const value = typeof raw === 'boolean' ? String(raw) : renderer.text(raw, [key]).trim()
  const { semver, snapshot } = renderer.config.plan.source
  // Nothing of a snapshot is pushed, and its images are made all the same.
  if (snapshot) return undefined
  const { prerelease } = semver
  if (value === 'true') return `${key} is true`
  return value === 'auto' && prerelease !== '' ? `${key} is auto, and this is a pre-release (${prerelease})` : undefined
}

interface Wanted {
  goos: string
  goarch: string
  goarm: string
  goamd64: string
}

function fits(platform: Platform, wanted: Wanted): boolean {
  if (platform.goos !== wanted.goos || platform.goarch !== wanted.goarch) return false
  if (wanted.goarch === 'amd64') return (platform.goamd64 || 'v1') === wanted.goamd64
  if (wanted.goarch === 'arm') return (platform.goarm || '6') === wanted.goarm
  return true
}

/** What `docker build` would make on a machine of that kind; people say it with `--platform`. */
function platformOf({ goos, goarch, goarm, goamd64 }: Wanted): string {
  if (goarch === 'arm') return `${goos}/arm/v${goarm}`
  return goarch === 'amd64' && goamd64 !== 'v1' ? `${goos}/amd64/${goamd64}` : `${goos}/${goarch}`
}
