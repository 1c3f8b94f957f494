import type { Diagnostic } from '../core/errors.ts'
import { placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import { applyMove, findMoves, flow } from './moves.ts'
import type { Entry, Found, Move } from './moves.ts'
import { pathKey, showPath } from './path.ts'
import { REMOVED } from './removed.ts'

const toList = (key: string, to: string): Move => ({
  key,
  to,
  how: 'append',
  mend: (value) => `write \`${to}: ${flow(value)}\``,
})

const renamed = (key: string, to: string): Move => ({ key, to, how: 'replace', mend: () => `rename it to \`${to}\`` })

const retry = (key: string): Move => ({ key, how: 'keep', mend: () => 'move it to `retry` at the top of the config' })

/** GoReleaser's deprecations (`www/content/resources/deprecations.md`), with the meaning they have there. */
export const DEPRECATED: readonly Move[] = [
  toList('archives[].format', 'formats'),
  toList('archives[].format_overrides[].format', 'formats'),
  toList('archives[].builds', 'ids'),
  toList('nfpms[].builds', 'ids'),
  toList('snapcrafts[].builds', 'ids'),
  toList('homebrew_casks[].binary', 'binaries'),
  toList('homebrew_casks[].manpage', 'manpages'),
  toList('kos[].repository', 'repositories'),
  renamed('builds[].gobinary', 'tool'),
  renamed('snapshot.name_template', 'version_template'),
  renamed('nightly.name_template', 'version_template'),
  { key: 'furies', to: 'gemfury', how: 'append', mend: () => 'rename it to `gemfury`' },
  {
    key: 'homebrew_casks[].conflicts[].formula',
    how: 'drop',
    mend: () => 'delete it: Homebrew ignores it, and so does GoReleaser',
  },
  retry('dockers[].retry'),
  retry('dockers_v2[].retry'),
  retry('docker_manifests[].retry'),
  {
    key: 'brews',
    how: 'keep',
    mend: () => 'write a cask under `homebrew_casks`; who has the formula has to install anew, see docs/config.md',
  },
]

/** Moves every deprecated or removed key to the one that replaces it, in place, and says so. */
export function applyDeprecations(config: Entry, places: Map<string, Place>): Diagnostic[] {
  const version2 = config['version'] === 2
  return [
    ...carryOut(config, places, REMOVED, (found) => removed(found, places, version2)),
    ...carryOut(config, places, DEPRECATED, (found) => deprecated(found, places)),
  ]
}

function carryOut(
  config: Entry,
  places: Map<string, Place>,
  moves: readonly Move[],
  tell: (found: Found) => Diagnostic,
): Diagnostic[] {
  // One by one: a move may make the place where the next one applies.
  return moves.flatMap((move) =>
    findMoves(config, [move]).map((found) => {
      const diagnostic = tell(found)
      applyMove(found, places)
      return diagnostic
    }),
  )
}

function deprecated(found: Found, places: Map<string, Place>): Diagnostic {
  return diagnose(found, places, 'warning', 'deprecated', 'is deprecated')
}

/** GoReleaser 2 refuses it; a config for version 1 is read with the meaning it had. */
function removed(found: Found, places: Map<string, Place>, version2: boolean): Diagnostic {
  const said = 'is a key of version 1'
  return version2
    ? diagnose(found, places, 'error', 'removed-key', said)
    : diagnose(found, places, 'warning', 'deprecated', said)
}

function diagnose(
  { path, name, move, value }: Found,
  places: Map<string, Place>,
  severity: Diagnostic['severity'],
  code: string,
  said: string,
): Diagnostic {
  const whole = [...path, name]
  const where = placePosition(places.get(pathKey(whole)), 'key')
  return {
    severity,
    code,
    message: `\`${showPath(whole)}\` ${said}`,
    ...(where === undefined ? {} : { where }),
    mend: move.mend(value),
  }
}
