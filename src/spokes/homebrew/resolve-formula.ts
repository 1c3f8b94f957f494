import type { Brew } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { packageUrls, skipReason } from '../shared/entry.ts'
import { Renderer } from '../shared/renderer.ts'
import { candidates, resolveTap } from './resolve-tap.ts'
import { select } from './select.ts'
import type { FormulaSettings } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

/** The entries of `brews`, every text rendered. An entry without a repository is a skip, as with GoReleaser. */
export function resolveFormulas(config: SpokeConfig): SpokeEntry<FormulaSettings>[] {
  return (config.config.brews ?? []).map((brew, at) => {
    const renderer = new Renderer(config, ['brews', at])
    const settings = resolveFormula(renderer, brew)
    const skip = skipReason(renderer, brew)
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveFormula(renderer: Renderer, brew: Brew): FormulaSettings {
  const defaults = { directory: '', message: 'Brew formula update for {{ .ProjectName }} version {{ .Tag }}' }
  const choice = { ids: brew.ids ?? [], goarm: brew.goarm || '6', goamd64: brew.goamd64 || 'v1' }
  const urls = packageUrls(renderer, select(candidates(renderer.config), choice), brew.url_template, ['url_template'])
  const dependencies = [...(brew.dependencies ?? [])].map((one, at) => ({ one, at }))
  return {
    ...resolveTap(renderer, brew, defaults),
    description: renderer.text(brew.description, ['description']),
    homepage: renderer.text(brew.homepage, ['homepage']),
    license: renderer.optional(brew.license, ['license']),
    customRequire: renderer.optional(brew.custom_require, ['custom_require']),
    dependencies: dependencies
      .sort((a, b) => compare(a.one.name ?? '', b.one.name ?? ''))
      .map(({ one, at }) => ({
        name: renderer.text(one.name, ['dependencies', at, 'name']),
        type: renderer.optional(one.type, ['dependencies', at, 'type']),
        version: renderer.optional(one.version, ['dependencies', at, 'version']),
        os: one.os,
      })),
    conflicts: renderer.list(brew.conflicts, ['conflicts']),
    customBlock: renderer.block(brew.custom_block, ['custom_block'], 2, '\n'),
    postInstall: renderer.block(brew.post_install, ['post_install'], 4),
    caveats: renderer.block(brew.caveats, ['caveats'], 6),
    service: renderer.block(brew.service, ['service'], 4),
    test: renderer.block(brew.test, ['test'], 4),
    downloadStrategy: renderer.optional(brew.download_strategy, ['download_strategy']),
    headers: renderer.list(brew.url_headers, ['url_headers']),
    packages: urls.map(({ artifact, url, fields }) => {
      const install = renderer.text(brew.install, ['install'], fields)
      return {
        artifact,
        url,
        ...(install === '' ? {} : { install: renderer.lines(brew.install, ['install'], fields) }),
        extraInstall: renderer.lines(brew.extra_install, ['extra_install'], fields),
      }
    }),
  }
}

/** By code unit, as Go compares. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
