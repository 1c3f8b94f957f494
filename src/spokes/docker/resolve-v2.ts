import type { Config } from '../../config/config.ts'
import type { Platform } from '../../core/platform.ts'
import { problem } from '../shared/renderer.ts'
import type { Renderer } from '../shared/renderer.ts'
import { BASE_FIELDS } from './base-mark.ts'
import { parsePlatform, platformText } from './dockerfile/platform.ts'
import { readAhead } from './read-ahead.ts'
import { entryOf, flagsOf, showAt, tellLacking } from './resolve-entry.ts'
import type { Resolved } from './resolve-entry.ts'
import { contextFiles } from './select.ts'
import type { ImageSettings } from './settings.ts'

type DockerV2 = NonNullable<Config['dockers_v2']>[number]

const ARCHES = new Set(['amd64', 'arm64', '386', 'ppc64le', 's390x', 'riscv64'])

/** An entry of `dockers_v2`: images × tags, all platforms in one index. */
export function resolveV2(renderer: Renderer, docker: DockerV2): Resolved[] {
  const { config } = renderer
  const { plan } = config
  const filled = (raw: string[] | undefined, key: string): string[] =>
    renderer
      .list(raw, [key], BASE_FIELDS)
      .map((one) => one.trim())
      .filter((one) => one !== '')
  const images = filled(docker.images, 'images')
  const tags = filled(docker.tags?.length ? docker.tags : ['{{.Tag}}'], 'tags')
  const names = [...new Set(images.flatMap((image) => tags.map((tag) => `${image}:${tag}`)))].toSorted()
  const flags = flagsOf(renderer, docker.flags, 'flags')
  const asked = filled(docker.platforms?.length ? docker.platforms : ['linux/amd64', 'linux/arm64'], 'platforms')
  const lacking: string[] = []
  const platforms = asked.flatMap((text, at) => {
    const platform = parsePlatform(text)
    if (platform === undefined || !['linux', 'windows'].includes(platform.os)) {
      problem(
        renderer,
        ['platforms', at],
        'docker-platform',
        `${text} is no platform that an image is made for`,
        'write it like linux/arm64',
      )
      return []
    }
    const [os, arch, variant = ''] = text.split('/')
    const found = contextFiles(plan, {
      ids: docker.ids ?? [],
      fits: (one) =>
        one.goos === os &&
        one.goarch === arch &&
        (variant === '' || one.goarm === undefined || one.goarm === variant.replace(/^v/, '')),
      pathOf: (one, name) => (folderOf(one) === undefined ? undefined : `${folderOf(one)}/${name}`),
    })
    lacking.push(...found.lacking)
    return [{ name: platformText(platform), files: found.files }]
  })
  tellLacking(renderer, [...new Set(lacking)])
  if ((docker.hooks?.pre ?? []).length + (docker.hooks?.post ?? []).length > 0) {
    problem(
      renderer,
      ['hooks'],
      'not-built-yet',
      `${showAt(renderer)}.hooks is not carried out yet`,
      'let before.hooks write what the image needs, and list it in extra_files; what comes after is a step of the workflow',
    )
  }
  if (platforms.length === 0) return []
  const annotations = pairsOf(renderer, docker.annotations, 'annotations')
  const plain = Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key.replace(/^index:/, ''), value]),
  )
  const several = platforms.length > 1
  const sbom = flags.sbom ?? isOn(renderer, docker.sbom ?? true, 'sbom')
  const provenance = flags.provenance ?? true
  const settings: ImageSettings = {
    role: 'image',
    at: showAt(renderer),
    id: docker.id || plan.project,
    names,
    platforms,
    dockerfile: renderer.text(docker.dockerfile, ['dockerfile']) || 'Dockerfile',
    extraFiles: docker.extra_files ?? [],
    labels: { ...flags.labels, ...pairsOf(renderer, docker.labels, 'labels') },
    buildArgs: { ...flags.buildArgs, ...pairsOf(renderer, docker.build_args, 'build_args') },
    target: flags.target,
    // With several platforms GoReleaser annotates the index, else the manifest unless told.
    annotations: {
      manifest: { ...flags.annotations.manifest, ...(several ? {} : onlyPlain(annotations)) },
      index: { ...flags.annotations.index, ...(several ? plain : onlyIndex(annotations)) },
    },
    index: several || sbom || provenance,
    sbom,
    provenance,
    bases: [],
  }
  const skip = isOn(renderer, docker.disable ?? false, 'disable')
    ? `${settings.at}.disable is true`
    : images.length === 0
      ? `${settings.at} has no images`
      : undefined
  if (skip === undefined && tags.length === 0) {
    problem(renderer, ['tags'], 'docker-tag', `${settings.at} has no tags: all come out empty`, 'add one: "{{ .Tag }}"')
  }
  return [
    entryOf({ ...settings, ...readAhead(renderer, settings, skip !== undefined || lacking.length > 0) }, names, skip),
  ]
}

const onlyPlain = (pairs: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(pairs).filter(([key]) => !key.startsWith('index:')))
const onlyIndex = (pairs: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(pairs).flatMap(([key, value]) => (key.startsWith('index:') ? [[key.slice(6), value]] : [])),
  )

function isOn(renderer: Renderer, value: string | boolean, key: string): boolean {
  return renderer.config.isTrue(value, [...renderer.path, key])
}

/** Keys and values rendered; those that are empty then are left out. */
function pairsOf(renderer: Renderer, raw: Record<string, string> | undefined, key: string): Record<string, string> {
  const pairs = Object.keys(raw ?? {})
    .toSorted()
    .map(
      (name) =>
        [renderer.text(name, [key, name], BASE_FIELDS), renderer.text(raw?.[name], [key, name], BASE_FIELDS)] as const,
    )
  return Object.fromEntries(pairs.filter(([name, value]) => name.trim() !== '' && value.trim() !== ''))
}

/** Where a program lies in the context: the folder that `$TARGETPLATFORM` names. */
function folderOf(platform: Platform): string | undefined {
  const { goos, goarch, goarm = '' } = platform
  if (goos !== 'linux' && goos !== 'windows') return undefined
  if (goarch === 'arm') return ['5', '6', '7'].includes(goarm) ? `${goos}/arm/v${goarm}` : undefined
  return ARCHES.has(goarch) ? `${goos}/${goarch}` : undefined
}
