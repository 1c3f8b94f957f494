import type { Config } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { packageUrls, skipReason } from '../shared/entry.ts'
import { pathOf } from '../shared/git-unit.ts'
import { NOTES_FIELDS } from '../shared/notes-mark.ts'
import { problem, Renderer } from '../shared/renderer.ts'
import { resolveRepository } from '../shared/repository.ts'
import { choose, isAmd64 } from '../shared/select.ts'
import type { WingetSettings } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

type Winget = NonNullable<Config['winget']>[number]

/** The entries of `winget`. Identifier and tags are taken as they stand, as with GoReleaser. */
export function resolveWingets(config: SpokeConfig): SpokeEntry<WingetSettings>[] {
  return (config.config.winget ?? []).map((winget, at) => {
    const renderer = new Renderer(config, ['winget', at])
    const settings = resolveWinget(renderer, winget)
    const skip = skipReason(renderer, winget)
    return { entry: settings.packageIdentifier, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveWinget(renderer: Renderer, winget: Winget): WingetSettings {
  const { plan } = renderer.config
  refuseUnbuilt(renderer, winget)
  const chosen = choose([...plan.archives, ...plan.uploads], {
    kinds: ['archive', 'binary'],
    goos: ['windows'],
    fits: (one) => isAmd64(one, winget.goamd64) || ['arm64', '386'].includes(one.goarch),
    ids: winget.ids,
  }).filter((one) => one.kind === 'binary' || one.format === 'zip')
  const name = renderer.text(winget.name, ['name']) || plan.project
  const publisher = renderer.text(winget.publisher, ['publisher'])
  const packageIdentifier = winget.package_identifier || `${publisher.replaceAll(' ', '')}.${name}`
  const text = (key: keyof Winget): string => renderer.text(winget[key] as string | undefined, [key])
  return {
    ...resolveRepository(renderer, winget, 'New version: {{ .PackageIdentifier }} {{ .Version }}', {
      PackageIdentifier: packageIdentifier,
    }),
    name,
    packageIdentifier,
    path: text('path') || defaultPath(packageIdentifier, plan.version),
    packageName: text('package_name') || name,
    publisher,
    publisherUrl: text('publisher_url'),
    publisherSupportUrl: text('publisher_support_url'),
    privacyUrl: text('privacy_url'),
    programAuthor: text('author'),
    homepage: text('homepage'),
    license: text('license'),
    licenseUrl: text('license_url'),
    copyright: text('copyright'),
    copyrightUrl: text('copyright_url'),
    shortDescription: text('short_description'),
    description: text('description'),
    releaseNotes: renderer.text(winget.release_notes, ['release_notes'], NOTES_FIELDS),
    releaseNotesUrl: text('release_notes_url'),
    installationNotes: text('installation_notes'),
    tags: (winget.tags ?? []).map((one) => one.toLowerCase().replaceAll(' ', '-')),
    releaseDate: plan.source.commitDate.slice(0, 10),
    dependencies: (winget.dependencies ?? []).map((one, at) => ({
      packageIdentifier: renderer.text(one.package_identifier, ['dependencies', at, 'package_identifier']),
      minimumVersion: renderer.text(one.minimum_version, ['dependencies', at, 'minimum_version']),
    })),
    packages: packageUrls(renderer, chosen, winget.url_template, ['url_template']).map(({ artifact, url }) => ({
      artifact,
      url,
    })),
  }
}

/** Where winget-pkgs wants a version: `manifests/a/Acme/hello/1.2.3`. */
function defaultPath(identifier: string, version: string): string {
  const [first = ''] = identifier
  return pathOf('manifests', first.toLowerCase(), identifier.replaceAll('.', '/'), version)
}

/** Keys that are newer than GoReleaser 2.16. */
function refuseUnbuilt(renderer: Renderer, winget: Winget): void {
  const mend = 'leave it out'
  if ((winget.additional_locales ?? []).length > 0) {
    problem(
      renderer,
      ['additional_locales'],
      'not-built',
      'further locales of a winget package are not built yet',
      mend,
    )
  }
  if (winget.default_locale && winget.default_locale !== 'en-US') {
    problem(renderer, ['default_locale'], 'not-built', 'another default locale than en-US is not built yet', mend)
  }
}
