import { gitSpoke, remotesOf, repositoriesOf } from '../shared/git-spoke.ts'
import type { GitUnit } from '../shared/git-unit.ts'
import { parseSettings } from '../shared/parse-settings.ts'
import { parserProofread } from '../shared/proofread.ts'
import type { Spoke } from '../spoke.ts'
import { checkNix } from './check.ts'
import { nixClient, ownStore } from './client.ts'
import { resolveNixes } from './resolve.ts'
import { nixSettings, type NixSettings } from './settings.ts'
import { versionIn } from './text.ts'
import { nixUnits } from './unit.ts'

/** Nix: `nix`. The channel is GitHub itself: no server of its own. */
export const nix: Spoke<NixSettings, GitUnit> = {
  ...gitSpoke('nix', versionIn),
  name: 'nix',
  settings: resolveNixes,
  parse: (settings) => parseSettings(nixSettings, 'nix', settings),
  check: checkNix,
  proofread: parserProofread('Nix', ['nix-instantiate', '--parse', '-'], { more: ownStore }),
  units: nixUnits,
  instructions(manifest, { name, path, repository, pullRequest }) {
    const { owner, name: repo } = pullRequest ?? repository
    const channel = 'Nix'
    if (`${owner}/${repo}` === 'NixOS/nixpkgs') return [{ channel, command: `nix profile install nixpkgs#${name}` }]
    const tarball = `${manifest.hub.download}/${owner}/${repo}/archive/${repository.branch || 'HEAD'}.tar.gz`
    const file = path.replace(/\/default\.nix$/, '')
    const expression = `with import <nixpkgs> {}; callPackage "\${fetchTarball "${tarball}"}/${file}" {}`
    return [{ channel, command: `nix-env --install --expr '_: ${expression}'` }]
  },
  world: { client: nixClient, repositories: repositoriesOf, remotes: remotesOf },
}
