import type { Manifest } from '../../manifest/manifest.ts'
import { className } from './class-name.ts'
import { GENERATED } from '../shared/generated.ts'
import { goQuote } from '../shared/quote.ts'
import type { FormulaSettings } from './settings.ts'
import { indent, isOnlyIntelMac, packagesOf, programs, tidy } from './text.ts'
import type { Package } from './text.ts'

type FormulaPackage = Package<FormulaSettings['packages'][number]>

const LINUX_TEST: Record<string, string> = {
  amd64: 'if Hardware::CPU.intel? && Hardware::CPU.is_64_bit?',
  arm: 'if Hardware::CPU.arm? && !Hardware::CPU.is_64_bit?',
  arm64: 'if Hardware::CPU.arm? && Hardware::CPU.is_64_bit?',
}

/** The text of a formula; but for the line that names the tool, GoReleaser's own for the same input. */
export function formulaText(manifest: Manifest, settings: FormulaSettings): string {
  const { macos, linux } = packagesOf(manifest, settings)
  const name = className(settings.name)
  const mac = macPackages(settings, name, macos)
  const lin = linux.map((one) => linuxPackage(settings, one)).join('')
  return tidy(
    [
      `# typed: false\n# frozen_string_literal: true\n\n${GENERATED}\n`,
      settings.customRequire === undefined ? '' : `require_relative "${settings.customRequire}"\n`,
      `class ${name} < Formula`,
      `\n  desc "${settings.description}"\n  homepage "${settings.homepage}"\n  version "${manifest.version}"`,
      settings.license === undefined ? '' : `\n  license "${settings.license}"`,
      settings.dependencies.length === 0 ? '' : `\n${settings.dependencies.map(dependsOn).join('')}`,
      linux.length === 0 ? '\n  depends_on :macos' : '',
      macos.length === 0 ? '\n  depends_on :linux' : '',
      '\n',
      mac !== '' && lin !== '' ? `${onSystem('on_macos', mac)}\n${onSystem('on_linux', lin)}` : mac + lin,
      settings.conflicts.length === 0
        ? ''
        : `\n${settings.conflicts.map((one) => `\n  conflicts_with "${one}"`).join('')}`,
      settings.customBlock ?? '',
      method('def post_install', settings.postInstall),
      settings.caveats === undefined ? '' : `\n\n  def caveats\n    <<~EOS${settings.caveats}\n    EOS\n  end`,
      method('service do', settings.service),
      method('test do', settings.test),
      '\nend\n',
    ].join(''),
  )
}

function onSystem(system: string, packages: string): string {
  return `\n  ${system} do${indent(2, packages)}\n  end`
}

function method(head: string, body: string | undefined): string {
  return body === undefined ? '' : `\n\n  ${head}${body}\n  end`
}

function dependsOn(one: FormulaSettings['dependencies'][number]): string {
  const how = one.type ? ` => :${one.type}` : one.version ? ` => "${one.version}"` : ''
  return `\n  depends_on "${one.name}"${how}${one.os ? ` if OS.${one.os}?` : ''}`
}

/** `url` and `sha256`; `pad` is the indentation of the two. */
function source(settings: FormulaSettings, one: FormulaPackage, pad: string): string {
  const using = settings.downloadStrategy === undefined ? '' : `, using: ${settings.downloadStrategy}`
  const list = settings.headers.map((header) => `"${header}"`).join(',\n')
  const headers = settings.headers.length === 0 ? '' : `,\n${pad}  headers: [\n${indent(8, list)}\n${pad}  ]`
  return `\n${pad}url "${one.settings.url}"${using}${headers}\n${pad}sha256 "${one.artifact.sha256}"`
}

function macPackages(settings: FormulaSettings, name: string, macos: FormulaPackage[]): string {
  const onlyIntel = isOnlyIntelMac(macos)
  return macos
    .map((one) => {
      const lines = installs(one)
      if (one.goarch !== 'all' && !onlyIntel) {
        const test = one.goarch === 'amd64' ? 'if Hardware::CPU.intel?' : 'if Hardware::CPU.arm?'
        return `\n  ${test}${source(settings, one, '    ')}\n${install(lines, '    ')}\n  end`
      }
      return `${source(settings, one, '  ')}\n${install(lines, '  ')}${onlyIntel ? rosetta(name) : ''}`
    })
    .join('')
}

function linuxPackage(settings: FormulaSettings, one: FormulaPackage): string {
  return `\n  ${LINUX_TEST[one.goarch]}${source(settings, one, '    ')}${install(installs(one), '    ')}\n  end`
}

function install(lines: string[], pad: string): string {
  return `\n${pad}define_method(:install) do${lines.map((line) => `\n${pad}  ${line}`).join('')}\n${pad}end`
}

/** What the entry says, or one `bin.install` for each program inside. */
function installs(one: FormulaPackage): string[] {
  const { install: given, extraInstall } = one.settings
  if (given !== undefined) return [...given, ...extraInstall]
  const guessed = programs(one.artifact).map((program) =>
    one.artifact.kind === 'binary'
      ? `bin.install ${goQuote(one.artifact.name)} => ${goQuote(program)}`
      : `bin.install ${goQuote(program)}`,
  )
  return [...[...new Set(guessed)].sort(), ...extraInstall]
}

function rosetta(name: string): string {
  return `

  if Hardware::CPU.arm?
    def caveats
      <<~EOS
        The darwin_arm64 architecture is not supported for the ${name}
        formula at this time. The darwin_amd64 binary may work in compatibility
        mode, but it might not be fully supported.
      EOS
    end
  end`
}
