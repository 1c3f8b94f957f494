import type { Config } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { assetAddress } from '../../hub/address.ts'
import { packageUrls } from '../shared/entry.ts'
import { Renderer } from '../shared/renderer.ts'
import { resolveAuthor, resolveKey, resolveSigning } from '../shared/repository.ts'
import { choose, isAmd64 } from '../shared/select.ts'
import type { ArchSettings, AurSettings, AurSourceSettings } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

type Aur = NonNullable<Config['aurs']>[number]
type AurSource = NonNullable<Config['aur_sources']>[number]

/** The entries of `aurs`, every text rendered. */
export function resolveAurs(config: SpokeConfig): SpokeEntry<AurSettings>[] {
  return (config.config.aurs ?? []).map((aur, at) => {
    const renderer = new Renderer(config, ['aurs', at])
    const settings = resolveAur(renderer, aur)
    const skip = skipOf(renderer, aur)
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

/** The entries of `aur_sources`, every text rendered. */
export function resolveAurSources(config: SpokeConfig): SpokeEntry<AurSourceSettings>[] {
  return (config.config.aur_sources ?? []).map((aur, at) => {
    const renderer = new Renderer(config, ['aur_sources', at])
    const settings = resolveAurSource(renderer, aur)
    const skip = skipOf(renderer, aur)
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveAur(renderer: Renderer, aur: Aur): AurSettings {
  const { plan } = renderer.config
  const chosen = choose([...plan.archives, ...plan.uploads], {
    kinds: ['archive', 'binary'],
    goos: ['linux'],
    fits: (one) =>
      isAmd64(one, aur.goamd64) || ['arm64', '386'].includes(one.goarch) || (one.goarch === 'arm' && one.goarm === '7'),
    ids: aur.ids,
  })
  const urls = packageUrls(renderer, chosen, aur.url_template, ['url_template'])
  const name = renderer.text(aur.name, ['name']) || plan.project
  return {
    ...resolveArch(renderer, aur),
    name: name.endsWith('-bin') ? name : `${name}-bin`,
    package: renderer.text(body(renderer.text(aur.package, ['package'])), ['package']),
    packages: urls.map(({ artifact, url }) => ({ artifact, url })),
  }
}

function resolveAurSource(renderer: Renderer, aur: AurSource): AurSourceSettings {
  const { plan, config } = renderer.config
  const name = renderer.text(aur.name, ['name']) || plan.project
  const format = config.source?.format || 'tar.gz'
  const template = config.source?.name_template || '{{ .ProjectName }}-{{ .Version }}'
  const artifact = `${renderer.config.render(template, ['source', 'name_template'])}.${format}`
  const fields = { ArtifactName: artifact, ArtifactExt: '', ArtifactPath: `${plan.dist}/${artifact}`, Os: '', Arch: '' }
  const url = aur.url_template
    ? renderer.text(aur.url_template, ['url_template'], fields)
    : assetAddress(plan.hub, plan.source.tag, artifact)
  return {
    ...resolveArch(renderer, aur),
    name: name.replace(/-bin$/, ''),
    arches: [...orDefault(renderer.list(aur.arches, ['arches']), ['x86_64', 'aarch64'])].sort(),
    makedepends: orDefault(renderer.list(aur.makedepends, ['makedepends']), ['go', 'git']),
    // GoReleaser pushes the lines in first, and renders then.
    prepare: renderer.text(body(aur.prepare ?? ''), ['prepare']),
    build: renderer.text(body(aur.build ?? ''), ['build']),
    package: renderer.text(body(renderer.text(aur.package, ['package'])), ['package']),
    source: { artifact, url, format },
  }
}

function resolveArch(renderer: Renderer, aur: Aur | AurSource): Omit<ArchSettings, 'name'> {
  const { project } = renderer.config.plan
  return {
    description: renderer.text(aur.description, ['description']),
    homepage: renderer.text(aur.homepage, ['homepage']),
    license: renderer.text(aur.license, ['license']),
    maintainers: renderer.list(aur.maintainers, ['maintainers']),
    contributors: renderer.list(aur.contributors, ['contributors']),
    provides: orDefault(renderer.list(aur.provides, ['provides']), [project]),
    conflicts: orDefault(renderer.list(aur.conflicts, ['conflicts']), [project]),
    depends: renderer.list(aur.depends, ['depends']),
    optdepends: renderer.list(aur.optdepends, ['optdepends']),
    backup: renderer.list(aur.backup, ['backup']),
    rel: renderer.text(aur.rel, ['rel']) || '1',
    install: aur.install ?? '',
    gitUrl: renderer.text(aur.git_url, ['git_url']),
    ...resolveKey(renderer, aur.private_key, aur.git_ssh_command, []),
    directory: renderer.text(aur.directory, ['directory']),
    author: resolveAuthor(renderer, aur.commit_author ?? {}),
    signing: resolveSigning(renderer, aur.commit_author ?? {}),
    message: renderer.text(aur.commit_msg_template || 'Update to {{ .Tag }}', ['commit_msg_template']),
  }
}

/** Why an entry is not published, when it is not; by GoReleaser's rules. */
function skipOf(renderer: Renderer, aur: Aur | AurSource): string | undefined {
  if (renderer.config.isTrue(aur.disable, [...renderer.path, 'disable'])) return 'disable is set'
  if (!aur.git_url) return 'git_url is not set'
  if (!aur.private_key) return 'private_key is not set'
  const value = String(aur.skip_upload ?? '')
  const said = renderer.text(value, ['skip_upload']).trim()
  if (said === 'true') return 'skip_upload is set'
  const { prerelease } = renderer.config.plan.source.semver
  if (said === 'auto' && prerelease !== '') return `skip_upload is auto, and this is a pre-release (${prerelease})`
  return undefined
}

/** The body of a function in a PKGBUILD: each line pushed in by two spaces, and nothing else before or after it. */
function body(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : `  ${line.trim()}`))
    .join('\n')
}

function orDefault(given: string[], otherwise: string[]): string[] {
  return given.length === 0 ? otherwise : given
}
