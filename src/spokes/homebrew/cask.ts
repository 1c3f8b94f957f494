import picomatch from 'picomatch'
import type { Artifact } from '../../core/artifact.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { caskToken } from './class-name.ts'
import { GENERATED } from '../shared/generated.ts'
import { goQuote } from '../shared/quote.ts'
import type { CaskSettings, Uninstall } from './settings.ts'
import { indent, isOnlyIntelMac, packagesOf, programs, tidy } from './text.ts'
import type { Package } from './text.ts'

type CaskPackage = Package<CaskSettings['packages'][number]>

const PARAMETER_FORMATS = new Set(['arg', 'clap', 'click', 'cobra', 'flag', 'none', 'typer'])

/** The text of a cask; but for the line that names the tool, GoReleaser's own for the same input. */
export function caskText(manifest: Manifest, settings: CaskSettings): string {
  const { macos, linux } = packagesOf(manifest, settings)
  const all = [...macos, ...linux]
  const token = caskToken(settings.name)
  const mac = macos.map((one) => macPackage(manifest, settings, one, isOnlyIntelMac(macos), token)).join('')
  const lin = linux.map((one) => platform(manifest, settings, one)).join('')
  const onlyBare = all.every((one) => one.artifact.kind === 'binary')
  const { hooks, completions } = settings
  const text = [
    `${GENERATED}\ncask "${token}" do`,
    settings.customBlock === undefined ? '' : `${settings.customBlock}\n`,
    `\n  version "${manifest.version}"\n`,
    mac === '' ? '' : `\n  on_macos do${indent(2, mac)}\n  end\n`,
    lin === '' ? '' : `\n  on_linux do${indent(2, lin)}\n  end\n`,
    `\n  name "${token}"\n  desc "${settings.description}"\n  homepage "${settings.homepage}"\n`,
    '\n  livecheck do\n    skip "Auto-generated on release."\n  end',
    // An entry that names nothing brew knows leaves an empty line.
    stanza('conflicts_with', [['cask', settings.conflicts ?? []]], '\n  ') ||
      (settings.conflicts?.length === 0 ? '\n' : ''),
    stanza(
      'depends_on',
      [
        ['cask', settings.dependencies.casks],
        ['formula', settings.dependencies.formulas],
      ],
      '\n  ',
    ),
    '\n\n',
    ...(onlyBare ? [] : settings.binaries.map((one) => `\n  binary "${one}"`)),
    ...manpages(settings, all).map((one) => `\n  manpage "${one}"`),
    completions.bash === '' ? '' : `\n  bash_completion "${completions.bash}"`,
    completions.fish === '' ? '' : `\n  fish_completion "${completions.fish}"`,
    completions.zsh === '' ? '' : `\n  zsh_completion "${completions.zsh}"`,
    settings.service === undefined ? '' : `\n\n  service "${settings.service}"`,
    hook('preflight', hooks.preInstall),
    hook('postflight', hooks.postInstall) || '\n\n',
    settings.generateCompletions === undefined ? '' : `\n  ${generateCompletions(settings.generateCompletions)}`,
    hook('uninstall_preflight', hooks.preUninstall),
    hook('uninstall_postflight', hooks.postUninstall),
    stanza('uninstall', groupsOf(settings.uninstall), '\n\n  '),
    stanza('zap', groupsOf(settings.zap), '\n\n  ') || '\n\n  # No zap stanza required',
    '\n\n',
    settings.caveats === undefined ? '' : `  caveats <<~EOS${settings.caveats}\n  EOS`,
    '\nend\n',
  ].join('')
  return oneBlankLine(tidy(text))
}

function oneBlankLine(text: string): string {
  return text.replace(/\n(?:[ \t]*\n)+/g, '\n\n')
}

function macPackage(
  manifest: Manifest,
  settings: CaskSettings,
  one: CaskPackage,
  onlyIntel: boolean,
  token: string,
): string {
  if (one.goarch === 'all') return `${source(manifest, settings, one, '  ')}${bare(one, '  ')}`
  return platform(manifest, settings, one) + (onlyIntel ? rosetta(token) : '')
}

function platform(manifest: Manifest, settings: CaskSettings, one: CaskPackage): string {
  const test = one.goarch === 'amd64' ? 'on_intel do' : 'on_arm do'
  const wrap = one.artifact.kind === 'binary' ? '' : (one.artifact.wrapDirectory ?? '')
  const renames = wrap === '' ? [] : programs(one.artifact)
  return [
    `\n  ${test}`,
    source(manifest, settings, one, '    '),
    bare(one, '    '),
    ...renames.map((program) => `\n    rename "${wrap}/${program}", "${program}"`),
    '\n  end',
  ].join('')
}

/** `sha256` and `url` with its parameters; the version stands in the URL as Homebrew's own variable. */
function source(manifest: Manifest, settings: CaskSettings, one: CaskPackage, pad: string): string {
  const address = one.settings.url.replaceAll(manifest.version, () => '#{version}')
  return `\n${pad}sha256 "${one.artifact.sha256}"\n${pad}url "${address}"${parameters(settings.url)}`
}

function bare(one: CaskPackage, pad: string): string {
  const [program] = programs(one.artifact)
  if (one.artifact.kind !== 'binary' || program === undefined) return ''
  return `\n${pad}binary "${one.artifact.name}", target: "${program}"`
}

function parameters(url: CaskSettings['url']): string {
  const pairs = (list: [string, string][]): string =>
    list.map(([key, value]) => `\n        "${key}" => "${value}",`).join('')
  return [
    url.verified === undefined ? '' : `,\n      verified: "${url.verified}"`,
    url.using === undefined ? '' : `,\n      using: ${url.using}`,
    url.cookies.length === 0 ? '' : `,\n      cookies: {${pairs(url.cookies)}\n      }`,
    url.referer === undefined ? '' : `,\n      referer: "${url.referer}"`,
    url.headers.length === 0
      ? ''
      : `,\n      header: [${url.headers.map((one) => `\n        "${one}",`).join('')}\n      ]`,
    url.userAgent === undefined ? '' : `,\n      user_agent: "${url.userAgent}"`,
    url.data.length === 0 ? '' : `,\n      data: {${pairs(url.data)}\n      }`,
  ].join('')
}

/** `stanza key: [ … ],` with the keys that have a value; empty when none has. */
function stanza(name: string, groups: [string, string[]][], before: string): string {
  const full = groups.filter(([, values]) => values.length > 0)
  if (full.length === 0) return ''
  const texts = full.map(([key, values]) => {
    const items = values.map((value) => `      ${goQuote(value)},\n`).join('')
    return `${key}: [\n${items}    ]`
  })
  return `${before}${name} ${texts.join(',\n    ')}\n`
}

function groupsOf(one: Uninstall): [string, string[]][] {
  return [
    ['launchctl', one.launchctl],
    ['quit', one.quit],
    ['login_item', one.loginItem],
    ['delete', one.delete],
    ['trash', one.trash],
  ]
}

function hook(name: string, lines: string[]): string {
  if (lines.length === 0) return ''
  return `\n\n  ${name} do${lines.map((line) => `\n    ${line}`).join('')}\n  end`
}

function generateCompletions(one: NonNullable<CaskSettings['generateCompletions']>): string {
  const format = one.shellParameterFormat
  const more = [
    one.baseName === '' ? '' : `base_name: ${goQuote(one.baseName)}`,
    format === '' ? '' : `shell_parameter_format: ${PARAMETER_FORMATS.has(format) ? `:${format}` : goQuote(format)}`,
    one.shells.length === 0 ? '' : `shells: [${one.shells.map((shell) => `:${shell}`).join(', ')}]`,
  ].filter((text) => text !== '')
  const args = [one.executable, ...one.args].map(goQuote).join(', ')
  return `generate_completions_from_executable ${[args, ...more].join(',\n    ')}`
}

/**
 * The files that the globs match, when every archive holds the same ones; else the globs as they are written.
 * The manifest of a run that did not note the files beside the programs counts as the latter.
 */
function manpages(settings: CaskSettings, packages: CaskPackage[]): string[] {
  const [first, ...others] = packages.map((one) => one.artifact)
  if (first === undefined || settings.manpages.length === 0) return settings.manpages
  const files = filesOf(first)
  if (others.some((one) => filesOf(one).join('\0') !== files.join('\0'))) return settings.manpages
  const matches = settings.manpages.map((glob) => picomatch(glob, { dot: true }))
  return [...new Set(files.filter((file) => matches.some((match) => match(file))))].sort()
}

function filesOf(artifact: Artifact): string[] {
  return artifact.files ?? []
}

function rosetta(token: string): string {
  return `
  on_arm do
    def caveats
      <<~EOS
        The darwin_arm64 architecture is not supported for the ${token}
        formula at this time. The darwin_amd64 binary may work in compatibility
        mode, but it might not be fully supported.
      EOS
    end
  end`
}
