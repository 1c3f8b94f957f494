import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TagonceError } from '../../core/errors.ts'
import { run } from '../../external/process.ts'
import type { GitUnit } from '../shared/git-unit.ts'
import { toolVersion } from '../shared/tool-version.ts'
import type { Unit } from '../spoke.ts'
import type { ClientIO, ClientResult } from '../world.ts'
import { nixBase32 } from './hash.ts'

/** Stands in for nixpkgs: what a derivation of ours asks for, and gives back what it would fetch. */
const STAND_IN = `system: file:
let
  packages = {
    lib = {
      licenses = builtins.listToAttrs (map (name: { inherit name; value = name; }) LICENSES);
      sourceTypes.binaryNativeCode = "binary";
      optionals = when: list: if when then list else [ ];
      makeBinPath = list: "/bin";
    };
    fetchurl = source: source;
    stdenvNoCC = {
      hostPlatform = { inherit system; };
      isLinux = builtins.match ".*-linux" system != null;
      isDarwin = builtins.match ".*-darwin" system != null;
      mkDerivation = one: one;
    };
    stdenv.cc.cc.lib = "lib";
  };
  package = import file;
  given = builtins.mapAttrs (name: _: packages.\${name} or name) (builtins.functionArgs package);
  made = package given;
in
{
  inherit (made) pname version sourceRoot installPhase;
  inherit (made.src) url sha256;
  inherit (made.meta) platforms;
  inputs = made.nativeBuildInputs;
  license = made.meta.license or null;
}
`

/** Lets Nix evaluate each derivation for every system it names, and compares what it would fetch with the hub. */
export async function nixClient(
  units: Unit[],
  _settings: unknown,
  io: ClientIO,
): Promise<ClientResult | { skipped: string }> {
  const version = await toolVersion('nix-instantiate', { ...io, env: { ...io.env, ...ownStore(io.folder) } })
  if (version === undefined) return { skipped: 'no nix-instantiate on this machine' }
  const seen: string[] = []
  for (const unit of units as GitUnit[]) seen.push(...(await evaluate(unit, io)))
  const paths = (units as GitUnit[]).flatMap((unit) => unit.files.map((one) => one.path)).join(', ')
  const what = `${paths} evaluated for ${[...new Set(seen)].join(', ')}`
  return { client: 'nix-instantiate', version, proof: 'read by its client', what }
}

/** The systems that a derivation is for. */
async function evaluate(unit: GitUnit, io: ClientIO): Promise<string[]> {
  const file = join(io.folder, 'package.nix')
  const stand = join(io.folder, 'nixpkgs.nix')
  const text = unit.files[0]?.content ?? ''
  await mkdir(io.folder, { recursive: true })
  await writeFile(file, text)
  const license = /license = lib\.licenses\.([\w'-]+);/.exec(text)?.[1]
  await writeFile(stand, STAND_IN.replace('LICENSES', license === undefined ? '[ ]' : `[ "${license}" ]`))
  const found: string[] = []
  const fetched = new Set<string>()
  for (const system of systemsIn(text)) {
    const seen = await asked(io, stand, file, system)
    if (seen.version !== unit.version) throw wrong(unit, `version is ${seen.version}, not ${unit.version}`)
    if (!seen.platforms.includes(system)) throw wrong(unit, `${system} is not among its platforms`)
    const download = unit.downloads.find((one) => one.url === seen.url)
    if (download === undefined) throw wrong(unit, `${system} would fetch ${seen.url}, which is none of ours`)
    if (nixBase32(download.sha256) !== seen.sha256) throw wrong(unit, `${system} would expect ${seen.sha256}`)
    fetched.add(seen.url)
    found.push(system)
  }
  const never = unit.downloads.find((one) => !fetched.has(one.url))
  if (never !== undefined) throw wrong(unit, `no system fetches ${never.url}`)
  return found
}

interface Evaluated {
  version: string
  url: string
  sha256: string
  platforms: string[]
}

async function asked(io: ClientIO, stand: string, file: string, system: string): Promise<Evaluated> {
  const expression = `import ${stand} "${system}" ${file}`
  const argv = ['nix-instantiate', '--eval', '--strict', '--json', '--readonly-mode', '--expr', expression]
  const result = await run(argv, { env: { ...io.env, ...ownStore(io.folder) }, signal: io.signal, timeout: 60_000 })
  if (result.code !== 0) throw new TagonceError('spoke', `Nix can't evaluate ${file}`, { output: result.stderr })
  return JSON.parse(result.stdout) as Evaluated
}

function systemsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/^ {6}"([\w-]+)"$/gm)].map((one) => one[1] ?? ''))]
}

/** Its own store and state, in the private folder. */
export function ownStore(folder: string): Record<string, string> {
  const at = (name: string): string => join(folder, name)
  return {
    NIX_STORE_DIR: at('store'),
    NIX_STATE_DIR: at('var'),
    NIX_LOG_DIR: at('log'),
    NIX_CONF_DIR: at('etc'),
    NIX_LOCALSTATE_DIR: at('var'),
  }
}

function wrong(unit: GitUnit, what: string): TagonceError {
  return new TagonceError('spoke', `${unit.files[0]?.path ?? ''}: ${what}`)
}
