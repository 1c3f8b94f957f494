import type { Artifact } from '../../core/artifact.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { GENERATED } from '../shared/generated.ts'
import { tidyLines } from '../shared/lines.ts'
import { packagesOf, programsIn } from '../shared/packages.ts'
import { nixBase32 } from './hash.ts'
import type { NixSettings } from './settings.ts'

/** Nix's systems by Go's words, in the order in which they are written. */
const SYSTEMS: [platform: string, system: string][] = [
  ['linux/386', 'i686-linux'],
  ['linux/amd64', 'x86_64-linux'],
  ['linux/arm6', 'armv6l-linux'],
  ['linux/arm7', 'armv7l-linux'],
  ['linux/arm64', 'aarch64-linux'],
  ['darwin/amd64', 'x86_64-darwin'],
  ['darwin/arm64', 'aarch64-darwin'],
]

interface Source {
  system: string
  url: string
  sha: string
  /** The folder that holds everything, or `.`. */
  root: string
}

/** The text of a derivation; but for the line that names the tool, GoReleaser's own for the same input. */
export function nixText(manifest: Manifest, settings: NixSettings): string {
  const sources = sourcesOf(manifest, settings)
  const artifacts = packagesOf(manifest, settings.packages).map((one) => one.artifact)
  const dynamic = artifacts.some(isDynamic)
  const zipped = artifacts.some((one) => one.format === 'zip') ? ['unzip'] : []
  const named = settings.dependencies.map((one) => one.name)
  const wrapper = named.length === 0 ? [] : ['makeWrapper']
  const inputs = sorted(['installShellFiles', ...wrapper, ...zipped])
  const roots = new Set(sources.map((one) => one.root))
  const root = roots.size === 1 ? `"${[...roots][0]}"` : 'sourceRootMap.${system}'
  const args = [
    'lib',
    'fetchurl',
    'installShellFiles',
    'stdenvNoCC',
    ...(dynamic ? ['stdenv', 'autoPatchelfHook'] : []),
  ]
  const patch = dynamic ? ' ++ lib.optionals stdenvNoCC.isLinux [ autoPatchelfHook ]' : ''
  return tidyLines(
    [
      GENERATED,
      '# vim: set ft=nix ts=2 sw=2 sts=2 et sta',
      '{',
      ...[...args, ...sorted([...named, ...wrapper, ...zipped])].map((one) => `  ${one},`),
      '}:',
      'let',
      '  inherit (stdenvNoCC.hostPlatform) system;',
      ...mapOf('shaMap', sources, 'sha'),
      '',
      ...mapOf('urlMap', sources, 'url'),
      ...(roots.size === 1 ? [] : mapOf('sourceRootMap', sources, 'root')),
      'in',
      'stdenvNoCC.mkDerivation {',
      `  pname = "${settings.name}";`,
      `  version = "${manifest.version}";`,
      '  src = fetchurl {',
      '    url = urlMap.${system};',
      '    sha256 = shaMap.${system};',
      '  };',
      '',
      `  sourceRoot = ${root};`,
      '',
      `  nativeBuildInputs = [ ${inputs.map((one) => `${one} `).join('')}]${patch};`,
      ...(dynamic ? ['', '  buildInputs = lib.optionals stdenvNoCC.isLinux [', '    stdenv.cc.cc.lib', '  ];'] : []),
      '',
      ...phase('installPhase', installs(settings, artifacts[0])),
      ...(settings.postInstall.length === 0 ? [] : phase('postInstall', settings.postInstall)),
      '',
      ...meta(settings, sources),
      '}',
    ].join('\n'),
  )
}

/** The version that a derivation names. */
export function versionIn(text: string): string | undefined {
  return /^\s*version = "([^"]*)"/m.exec(text)?.[1]
}

function meta(settings: NixSettings, sources: Source[]): string[] {
  const line = (key: string, value: string, shown: string): string[] => (value === '' ? [] : [`    ${key} = ${shown};`])
  return [
    '  meta = {',
    ...line('description', settings.description, `"${settings.description}"`),
    ...line('homepage', settings.homepage, `"${settings.homepage}"`),
    ...line('license', settings.license, `lib.licenses.${settings.license}`),
    ...line('mainProgram', settings.mainProgram, `"${settings.mainProgram}"`),
    '',
    '    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];',
    '',
    '    platforms = [',
    ...sorted(sources.map((one) => one.system)).map((one) => `      "${one}"`),
    '    ];',
    '  };',
  ]
}

function phase(name: string, lines: string[]): string[] {
  return [`  ${name} = ''`, ...lines.map((line) => `    ${line}`), "  '';"]
}

function mapOf(name: string, sources: Source[], key: 'sha' | 'url' | 'root'): string[] {
  return [`  ${name} = {`, ...sources.map((one) => `    ${one.system} = "${one[key]}";`), '  };']
}

function sourcesOf(manifest: Manifest, settings: NixSettings): Source[] {
  const bySystem = new Map<string, Source>()
  for (const { artifact, platform, settings: one } of packagesOf(manifest, settings.packages)) {
    const arches = platform.goarch === 'all' ? ['amd64', 'arm64'] : [platform.goarch]
    for (const arch of arches) {
      const variant = arch === 'arm' ? platform.goarm || '6' : ''
      const system = SYSTEMS.find(([key]) => key === `${platform.goos}/${arch}${variant}`)?.[1]
      if (system === undefined) continue
      const root = artifact.wrapDirectory || '.'
      bySystem.set(system, { system, url: one.url, sha: nixBase32(artifact.sha256), root })
    }
  }
  return SYSTEMS.flatMap(([, system]) => bySystem.get(system) ?? [])
}

/** What the entry says, or one copy for each program; with dependencies, wrapped so that it finds them. */
function installs(settings: NixSettings, first: Artifact | undefined): string[] {
  if (settings.install !== null) return [...settings.install, ...settings.extraInstall]
  const wrap = wrapping(settings)
  const copies = (first === undefined ? [] : programsIn(first)).flatMap((program) => [
    `cp -vr ./${program} $out/bin/${program}`,
    ...(wrap === undefined ? [] : [`wrapProgram $out/bin/${program} --prefix PATH : \${lib.makeBinPath (${wrap})}`]),
  ])
  return ['mkdir -p $out/bin', ...copies, ...settings.extraInstall]
}

function wrapping({ dependencies }: NixSettings): string | undefined {
  if (dependencies.length === 0) return undefined
  const of = (os: string): string =>
    dependencies
      .filter((one) => (['darwin', 'linux'].includes(one.os) ? one.os : '') === os)
      .map((one) => one.name)
      .join(' ')
  const parts = [
    ['lib.optionals stdenvNoCC.isDarwin ', of('darwin')],
    ['lib.optionals stdenvNoCC.isLinux ', of('linux')],
    ['', of('')],
  ]
  return parts.flatMap(([how, names]) => (names === '' ? [] : [`${how}[ ${names} ]`])).join(' ++ ')
}

/** Whether a program inside needs libraries of the system; what could not be read is not taken for static. */
function isDynamic(artifact: Artifact): boolean {
  return artifact.binaries.some(({ header }) => header?.format === 'elf' && header.linkage === 'dynamic')
}

/** By code unit, each once. */
function sorted(list: string[]): string[] {
  return [...new Set(list)].sort()
}
