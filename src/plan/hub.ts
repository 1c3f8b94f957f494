import type { FullConfig } from '../config/defaults.ts'
import { repositoryOf } from '../external/git.ts'
import type { Source } from '../source/source.ts'
import { CHECKSUMS_MARK, type HubSettings } from './plan.ts'
import type { Renderer } from './renderer.ts'

/** Where the hub is: needed before templates can be rendered (`.ReleaseURL`). */
export type HubPlace = Pick<HubSettings, 'owner' | 'repo' | 'download' | 'api' | 'upload'>

/** Owner, name and addresses: from `release.github` and `github_urls`, or from the git remote. */
export function hubPlace(renderer: Renderer, config: FullConfig, source: Source): HubPlace {
  const { github, gitlab, gitea } = config.release
  for (const [key, other] of [
    ['gitlab', gitlab],
    ['gitea', gitea],
  ] as const) {
    if (other === undefined) continue
    renderer.problem(
      'hub-kind',
      ['release', key],
      `a release on ${key} is not carried out yet`,
      'the hub is a release on GitHub: use `github`',
      // A snapshot is released nowhere.
      source.snapshot ? 'warning' : 'error',
    )
  }
  const bare = (url: string, key: string): string => renderer.render(url, ['github_urls', key]).replace(/\/+$/, '')
  const urls = {
    download: bare(config.github_urls.download, 'download'),
    api: bare(config.github_urls.api, 'api'),
    upload: bare(config.github_urls.upload, 'upload'),
  }
  if ((github?.name ?? '') !== '') {
    const owner = renderer.render(github?.owner, ['release', 'github', 'owner'])
    return { owner, repo: renderer.render(github?.name, ['release', 'github', 'name']), ...urls }
  }
  const remote = repositoryOf(source.url)
  return { owner: remote?.owner ?? '', repo: remote?.name ?? '', ...urls }
}

/** How the release looks. */
export function hubSettings(
  renderer: Renderer,
  config: FullConfig,
  source: Source,
  place: HubPlace,
  skip: ReadonlySet<string>,
): HubSettings {
  const { release } = config
  const at = (key: string): string[] => ['release', key]
  const disabled = renderer.isTrue(release.disable, at('disable'))
  checkPlace(renderer, config, source, place, disabled || skip.has('publish'))
  const nightly = source.nightly === true ? config.nightly : undefined
  // A nightly is never what users get by default.
  const prerelease = source.nightly === true || isPrerelease(renderer, release.prerelease, source)
  // Where each file has its own, they are a map of paths, and the texts are rendered once more when it is known.
  const marked = { Checksums: config.checksum.split === true ? {} : CHECKSUMS_MARK }
  return {
    kind: 'github',
    ...place,
    title: renderer.render(release.name_template, at('name_template')),
    draft: nightly?.draft ?? release.draft ?? false,
    prerelease,
    makeLatest: makeLatest(renderer, release.make_latest, prerelease),
    mode: release.mode,
    targetCommitish: renderer.render(release.target_commitish, at('target_commitish')),
    header: renderer.render(release.header, at('header'), marked),
    footer: renderer.render(release.footer, at('footer'), marked),
    ids: release.ids ?? [],
    disabled: disabled ? '`release.disable` is true' : nightlyOnly(config, source),
    skipUpload: renderer.isTrue(release.skip_upload, at('skip_upload')),
    tokenEnv: 'GITHUB_TOKEN',
    ...(nightly?.publish_release === true ? { moving: { replace: nightly.keep_single_release === true } } : {}),
    ...(release.discussion_category_name ? { discussion: release.discussion_category_name } : {}),
  }
}

/** Why a nightly build is not published; null for any other. */
function nightlyOnly(config: FullConfig, source: Source): string | null {
  if (source.nightly !== true || config.nightly?.publish_release === true) return null
  return 'a nightly build: `nightly.publish_release` is not set'
}

function isPrerelease(renderer: Renderer, value: string | undefined, source: Source): boolean {
  const text = renderer.render(value, ['release', 'prerelease'])
  return text === 'true' || (text === 'auto' && source.semver.prerelease !== '')
}

/** A pre-release is never the latest; unless told otherwise the newest version is. GitHub's `legacy` is our `auto`. */
function makeLatest(
  renderer: Renderer,
  value: string | boolean | undefined,
  prerelease: boolean,
): HubSettings['makeLatest'] {
  const at = ['release', 'make_latest']
  const text = typeof value === 'boolean' ? String(value) : renderer.render(value, at).trim()
  if (prerelease || text === 'false') return 'false'
  if (text === '' || text === 'auto' || text === 'legacy') return 'auto'
  if (text === 'true') return 'true'
  renderer.problem('make-latest', at, `${JSON.stringify(text)} is not true, false or auto`)
  return 'auto'
}

function checkPlace(renderer: Renderer, config: FullConfig, source: Source, place: HubPlace, needless: boolean): void {
  const mend = 'set `release.github.owner` and `release.github.name`'
  if (place.owner === '' || place.repo === '') {
    if (needless) return
    const severity = source.snapshot ? 'warning' : 'error'
    const why = source.url === '' ? 'git has no remote' : `${source.url} names no owner and repository`
    renderer.problem('no-repository', ['release'], `where to release is not known: ${why}`, mend, severity)
    return
  }
  for (const part of [place.owner, place.repo]) {
    if (/^[A-Za-z0-9._-]+$/.test(part) && !/^\.{1,2}$/.test(part)) continue
    renderer.problem(
      'repository-name',
      ['release', 'github'],
      `${place.owner}/${place.repo} is no repository of GitHub`,
      mend,
    )
    return
  }
  if (config.release.github?.name) return
  const host = hostOf(source.url)
  if (host === '' || host === hostOf(place.download) || host === `ssh.${hostOf(place.download)}`) return
  const message = `the git remote is on ${host}, but the release would be made on ${hostOf(place.download)}`
  renderer.problem('other-host', ['release'], message, `${mend}, or \`github_urls\``, 'warning')
}

function hostOf(url: string): string {
  return (
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:]+)/i.exec(url)?.[1] ??
    /^(?:[^@/]*@)?([^/:]+):/.exec(url)?.[1] ??
    ''
  ).toLowerCase()
}
