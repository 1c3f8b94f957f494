import type { Config } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { packageUrls, skipReason } from '../shared/entry.ts'
import { Renderer } from '../shared/renderer.ts'
import { resolveRepository } from '../shared/repository.ts'
import { choose, isAmd64 } from '../shared/select.ts'
import type { KrewSettings } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

type Krew = NonNullable<Config['krews']>[number]

/** The entries of `krews`, every text rendered. */
export function resolveKrews(config: SpokeConfig): SpokeEntry<KrewSettings>[] {
  return (config.config.krews ?? []).map((krew, at) => {
    const renderer = new Renderer(config, ['krews', at])
    const settings = resolveKrew(renderer, krew)
    const skip = skipReason(renderer, krew)
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveKrew(renderer: Renderer, krew: Krew): KrewSettings {
  const { plan } = renderer.config
  const chosen = choose([...plan.archives], {
    kinds: ['archive'],
    goos: ['darwin', 'linux', 'windows'],
    fits: (one) =>
      isAmd64(one, krew.goamd64) ||
      ['arm64', 'all'].includes(one.goarch) ||
      // Without `goarm` no 32-bit ARM is taken.
      (one.goarch === 'arm' && one.goarm === krew.goarm),
    ids: krew.ids,
  })
  return {
    ...resolveRepository(renderer, krew, 'Krew manifest update for {{ .ProjectName }} version {{ .Tag }}'),
    name: renderer.text(krew.name, ['name']) || plan.project,
    shortDescription: renderer.text(krew.short_description, ['short_description']),
    description: renderer.text(krew.description, ['description']),
    homepage: renderer.text(krew.homepage, ['homepage']),
    caveats: renderer.text(krew.caveats, ['caveats']),
    packages: packageUrls(renderer, chosen, krew.url_template, ['url_template']).map(({ artifact, url }) => ({
      artifact,
      url,
    })),
  }
}
