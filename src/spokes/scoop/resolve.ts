import type { Config } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { packageUrls, skipReason } from '../shared/entry.ts'
import { Renderer } from '../shared/renderer.ts'
import { resolveRepository } from '../shared/repository.ts'
import { choose, isAmd64 } from '../shared/select.ts'
import type { ScoopSettings } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

type Scoop = NonNullable<Config['scoops']>[number]

/** The entries of `scoops`. GoReleaser renders name, description and homepage only; the rest is taken as it stands. */
export function resolveScoops(config: SpokeConfig): SpokeEntry<ScoopSettings>[] {
  return (config.config.scoops ?? []).map((scoop, at) => {
    const renderer = new Renderer(config, ['scoops', at])
    const settings = resolveScoop(renderer, scoop)
    const skip = skipReason(renderer, scoop)
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveScoop(renderer: Renderer, scoop: Scoop): ScoopSettings {
  const { plan } = renderer.config
  const chosen = choose([...plan.archives], {
    kinds: ['archive'],
    goos: ['windows'],
    fits: (one) => isAmd64(one, scoop.goamd64) || ['arm64', '386'].includes(one.goarch),
    ids: scoop.ids,
  })
  const urls = packageUrls(renderer, chosen, scoop.url_template, ['url_template'])
  return {
    ...resolveRepository(renderer, scoop, 'Scoop update for {{ .ProjectName }} version {{ .Tag }}'),
    name: renderer.text(scoop.name, ['name']) || plan.project,
    directory: scoop.directory ?? '',
    description: renderer.text(scoop.description, ['description']),
    homepage: renderer.text(scoop.homepage, ['homepage']),
    license: scoop.license ?? '',
    persist: scoop.persist ?? [],
    preInstall: scoop.pre_install ?? [],
    postInstall: scoop.post_install ?? [],
    depends: scoop.depends ?? [],
    shortcuts: scoop.shortcuts ?? [],
    packages: urls.map(({ artifact, url }) => ({ artifact, url })),
  }
}
