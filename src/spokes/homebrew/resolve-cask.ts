import type { Cask } from '../../config/config.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { packageUrls, skipReason } from '../shared/entry.ts'
import { Renderer } from '../shared/renderer.ts'
import { candidates, resolveTap } from './resolve-tap.ts'
import { select } from './select.ts'
import type { CaskSettings, Uninstall } from './settings.ts'
import type { SpokeEntry } from '../spoke.ts'

/** The entries of `homebrew_casks`, every text rendered. An entry without a repository is a skip. */
export function resolveCasks(config: SpokeConfig): SpokeEntry<CaskSettings>[] {
  return (config.config.homebrew_casks ?? []).map((cask, at) => {
    const renderer = new Renderer(config, ['homebrew_casks', at])
    const settings = resolveCask(renderer, cask)
    const skip = skipReason(renderer, cask)
    return { entry: settings.name, settings, at: renderer.path, ...(skip === undefined ? {} : { skip }) }
  })
}

function resolveCask(renderer: Renderer, cask: Cask): CaskSettings {
  const defaults = { directory: 'Casks', message: 'Brew cask update for {{ .ProjectName }} version {{ .Tag }}' }
  const tap = resolveTap(renderer, cask, defaults)
  const urls = packageUrls(renderer, select(candidates(renderer.config), { ids: cask.ids ?? [] }), cask.url?.template, [
    'url',
    'template',
  ])
  const given = renderer.list(cask.binaries, ['binaries'])
  const binaries = given.length === 0 || given[0] === '' ? [tap.name] : given
  const completions = cask.completions ?? {}
  return {
    ...tap,
    // Without a name it is Casks, where `brew` looks; GoReleaser, too.
    directory: tap.directory === '' ? 'Casks' : tap.directory,
    description: renderer.text(cask.description, ['description']),
    homepage: renderer.text(cask.homepage, ['homepage']),
    customBlock: renderer.block(cask.custom_block, ['custom_block'], 2),
    caveats: renderer.block(cask.caveats, ['caveats'], 4),
    service: renderer.optional(cask.service, ['service']),
    binaries,
    manpages: renderer.list(cask.manpages, ['manpages']),
    completions: {
      bash: renderer.text(completions.bash, ['completions', 'bash']),
      zsh: renderer.text(completions.zsh, ['completions', 'zsh']),
      fish: renderer.text(completions.fish, ['completions', 'fish']),
    },
    generateCompletions: generate(renderer, cask, binaries),
    dependencies: {
      casks: sorted(cask.dependencies, 'cask', renderer),
      formulas: sorted(cask.dependencies, 'formula', renderer),
    },
    conflicts: conflicts(renderer, cask.conflicts),
    hooks: {
      preInstall: renderer.lines(cask.hooks?.pre?.install, ['hooks', 'pre', 'install']),
      postInstall: renderer.lines(cask.hooks?.post?.install, ['hooks', 'post', 'install']),
      preUninstall: renderer.lines(cask.hooks?.pre?.uninstall, ['hooks', 'pre', 'uninstall']),
      postUninstall: renderer.lines(cask.hooks?.post?.uninstall, ['hooks', 'post', 'uninstall']),
    },
    uninstall: uninstall(renderer, cask.uninstall, 'uninstall'),
    zap: uninstall(renderer, cask.zap, 'zap'),
    url: {
      verified: renderer.optional(cask.url?.verified, ['url', 'verified']),
      using: renderer.optional(cask.url?.using, ['url', 'using']),
      cookies: renderer.pairs(cask.url?.cookies, ['url', 'cookies']),
      referer: renderer.optional(cask.url?.referer, ['url', 'referer']),
      headers: renderer.list(cask.url?.headers, ['url', 'headers']),
      userAgent: renderer.optional(cask.url?.user_agent, ['url', 'user_agent']),
      data: renderer.pairs(cask.url?.data, ['url', 'data']),
    },
    packages: urls.map(({ artifact, url }) => ({ artifact, url })),
  }
}

function sorted(list: Cask['dependencies'], key: 'cask' | 'formula', renderer: Renderer): string[] {
  return (list ?? [])
    .map((one, at) => renderer.text(one[key], ['dependencies', at, key]))
    .filter((one) => one !== '')
    .sort()
}

function conflicts(renderer: Renderer, list: Cask['conflicts']): string[] | undefined {
  if (list === undefined || list.length === 0) return undefined
  return list
    .map((one, at) => renderer.text(one.cask, ['conflicts', at, 'cask']))
    .filter((one) => one !== '')
    .sort()
}

/** Configured when any of its keys is set; the first program is asked where none is named. */
function generate(renderer: Renderer, cask: Cask, binaries: string[]): CaskSettings['generateCompletions'] {
  const one = cask.generate_completions_from_executable ?? {}
  const key = 'generate_completions_from_executable'
  const isSet = one.executable || one.args?.length || one.base_name || one.shell_parameter_format || one.shells?.length
  if (!isSet) return undefined
  return {
    executable: renderer.text(one.executable, [key, 'executable']) || (binaries[0] ?? ''),
    args: renderer.list(one.args, [key, 'args']),
    baseName: renderer.text(one.base_name, [key, 'base_name']),
    shellParameterFormat: renderer.text(one.shell_parameter_format, [key, 'shell_parameter_format']),
    shells: renderer.list(one.shells, [key, 'shells']),
  }
}

function uninstall(renderer: Renderer, one: Cask['uninstall'], key: string): Uninstall {
  return {
    launchctl: renderer.list(one?.launchctl, [key, 'launchctl']),
    quit: renderer.list(one?.quit, [key, 'quit']),
    loginItem: renderer.list(one?.login_item, [key, 'login_item']),
    delete: renderer.list(one?.delete, [key, 'delete']),
    trash: renderer.list(one?.trash, [key, 'trash']),
  }
}
