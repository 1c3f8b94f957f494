import type { Config } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { packageUrls, skipReason } from '../shared/entry.ts'
import { pathOf } from '../shared/git-unit.ts'
import { Renderer } from '../shared/renderer.ts'
import { resolveRepository } from '../shared/repository.ts'
import { choose, isAmd64 } from '../shared/select.ts'
import type { NixSettings } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

type Nix = NonNullable<Config['nix']>[number]

/** The entries of `nix`, every text rendered. */
export function resolveNixes(config: SpokeConfig): SpokeEntry<NixSettings>[] {
  return (config.config.nix ?? []).map((nix, at) => {
    const renderer = new Renderer(config, ['nix', at])
    const settings = resolveNix(renderer, nix)
    const skip = skipReason(renderer, nix)
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveNix(renderer: Renderer, nix: Nix): NixSettings {
  const { plan } = renderer.config
  const chosen = choose([...plan.archives], {
    kinds: ['archive'],
    goos: ['darwin', 'linux'],
    fits: (one) =>
      isAmd64(one, nix.goamd64) ||
      (one.goarch === 'arm' && ['6', '7'].includes(one.goarm || '6')) ||
      ['arm64', '386', 'all'].includes(one.goarch),
    ids: nix.ids,
  }).filter((one) => one.format !== 'gz')
  const urls = packageUrls(renderer, chosen, nix.url_template, ['url_template'])
  const name = renderer.text(nix.name, ['name']) || plan.project
  // What is installed is the same for all platforms; its templates may name the first one's fields.
  const first = urls[0]?.fields ?? {}
  const install = renderer.text(nix.install, ['install'], first)
  return {
    ...resolveRepository(renderer, nix, '{{ .ProjectName }}: {{ .PreviousTag }} -> {{ .Tag }}'),
    name,
    path: renderer.text(nix.path, ['path']) || pathOf('pkgs', name, 'default.nix'),
    description: renderer.text(nix.description, ['description']),
    homepage: renderer.text(nix.homepage, ['homepage']),
    license: nix.license ?? '',
    mainProgram: renderer.text(nix.main_program, ['main_program']),
    dependencies: (nix.dependencies ?? []).map((one) => ({ name: one.name ?? '', os: one.os ?? '' })),
    install: install === '' ? null : linesOf(install),
    extraInstall: linesOf(renderer.text(nix.extra_install, ['extra_install'], first)),
    postInstall: linesOf(renderer.text(nix.post_install, ['post_install'], first)),
    packages: urls.map(({ artifact, url }) => ({ artifact, url })),
  }
}

/** Lines without blanks at their ends, and without empty ones. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
