import type { Config } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { packageUrls } from '../shared/entry.ts'
import { NOTES_FIELDS } from '../shared/notes-mark.ts'
import { Renderer } from '../shared/renderer.ts'
import { choose, isAmd64 } from '../shared/select.ts'
import type { ChocolateySettings } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

type Chocolatey = NonNullable<Config['chocolateys']>[number]

/**
 * The entries of `chocolateys`. GoReleaser renders copyright, summary, description and release notes only; the rest is
 * taken as it stands.
 */
export function resolveChocolateys(config: SpokeConfig): SpokeEntry<ChocolateySettings>[] {
  return (config.config.chocolateys ?? []).map((choco, at) => {
    const renderer = new Renderer(config, ['chocolateys', at])
    const settings = resolveChocolatey(renderer, choco)
    const skip = choco.skip_publish ? 'skip_publish is set' : choco.api_key ? undefined : 'api_key is not set'
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveChocolatey(renderer: Renderer, choco: Chocolatey): ChocolateySettings {
  const { plan } = renderer.config
  const chosen = choose([...plan.archives], {
    kinds: ['archive'],
    goos: ['windows'],
    fits: (one) => isAmd64(one, choco.goamd64) || one.goarch === '386',
    ids: choco.ids,
  })
  const text = (key: 'copyright' | 'summary' | 'description' | 'release_notes'): string =>
    renderer.text(choco[key], [key], NOTES_FIELDS)
  const key = choco.api_key ? renderer.config.secretEnv(choco.api_key, [...renderer.path, 'api_key']) : undefined
  return {
    name: choco.name || plan.project,
    title: choco.title || plan.project,
    owners: choco.owners ?? '',
    authors: choco.authors ?? '',
    packageSourceUrl: choco.package_source_url ?? '',
    projectUrl: choco.project_url ?? '',
    iconUrl: choco.icon_url ?? '',
    copyright: text('copyright'),
    licenseUrl: choco.license_url ?? '',
    requireLicenseAcceptance: choco.require_license_acceptance ?? false,
    projectSourceUrl: choco.project_source_url ?? '',
    docsUrl: choco.docs_url ?? '',
    bugTrackerUrl: choco.bug_tracker_url ?? '',
    tags: choco.tags ?? '',
    summary: text('summary'),
    description: text('description'),
    releaseNotes: text('release_notes'),
    dependencies: (choco.dependencies ?? []).map((one) => ({ id: one.id ?? '', version: one.version ?? '' })),
    sourceRepo: choco.source_repo || 'https://push.chocolatey.org/',
    keyEnv: key ?? '',
    packages: packageUrls(renderer, chosen, choco.url_template, ['url_template']).map(({ artifact, url }) => ({
      artifact,
      url,
    })),
  }
}
