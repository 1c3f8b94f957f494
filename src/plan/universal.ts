import { posix } from 'node:path'
import type { Path } from '../config/path.ts'
import { type BuildsInput, hooksOf, modTimestamp } from './build-parts.ts'
import { buildData, platformWords, UNIVERSAL } from './context.ts'
import { leavesRoot } from './names.ts'
import type { PlannedBinary } from './plan.ts'

/** What a universal binary is for. */
const PLATFORM = { goos: 'darwin', goarch: 'all', target: UNIVERSAL }

/**
 * The binaries with those for macOS joined, as `universal_binaries` says. Where one replaces its parts, they stand in no
 * list but its own.
 * @example joinUniversal(input, binaries).find((one) => one.universal)?.path // 'dist/hello_darwin_all/hello'
 */
export function joinUniversal(input: BuildsInput, binaries: PlannedBinary[]): PlannedBinary[] {
  const { renderer, config } = input
  let out = binaries
  for (const [index, entry] of (config.universal_binaries ?? []).entries()) {
    const path: Path = ['universal_binaries', index]
    const id = entry.id || config.project_name
    const ids = (entry.ids ?? []).length > 0 ? (entry.ids ?? []) : [id]
    const parts = binaries.filter(
      (one) => one.platform.goos === 'darwin' && one.product === undefined && ids.includes(one.id),
    )
    if (parts.length === 0) {
      const message = `there is no universal binary ${id}: no build of ${ids.join(', ')} is for darwin`
      renderer.problem('no-universal', path, message, undefined, 'info')
      continue
    }
    checkOnce(input, path, parts)
    const at = [...path, 'name_template']
    const name = renderer.try(entry.name_template || '{{ .ProjectName }}', at)
    if (name === undefined) continue
    if (name === '' || leavesRoot(name)) {
      renderer.problem('binary-name', at, `${JSON.stringify(name)} is no name for a binary`)
      continue
    }
    const relative = posix.join(config.dist, `${id}_darwin_all`, name)
    // GoReleaser has no name yet for the hooks that come before, and a relative path for those behind.
    const data = (known: boolean): Record<string, unknown> =>
      buildData(PLATFORM, { name: known ? name : '', ext: '', path: known ? relative : '' })
    const replaces = entry.replace ?? false
    out = [
      ...out.filter((one) => !replaces || !parts.includes(one)),
      {
        id,
        builder: parts[0]?.builder ?? 'go',
        name,
        ext: '',
        platform: { ...PLATFORM },
        path: relative,
        hooks: {
          pre: hooksOf(input, entry, path, data(false)).pre,
          post: hooksOf(input, entry, path, data(true)).post,
        },
        universal: { parts, replaces },
        ...modTimestamp(renderer, entry.mod_timestamp, path, {}),
      },
    ]
  }
  return out
}

/** A fat file with one architecture twice is none: systems and tools take either, or refuse it. */
function checkOnce({ renderer }: BuildsInput, path: Path, parts: PlannedBinary[]): void {
  const seen = new Map<string, PlannedBinary>()
  for (const one of parts) {
    const before = seen.get(one.platform.goarch)
    if (before !== undefined) {
      const words = `${before.id} for ${platformWords(before.platform)} and ${one.id} for ${platformWords(one.platform)}`
      const message = `the universal binary would hold ${one.platform.goarch} twice: ${words}`
      renderer.problem('universal-twice', path, message, 'name one build with `ids`, with one variant for each')
    }
    seen.set(one.platform.goarch, one)
  }
}

/** Every binary that is built, those that a universal one replaces among them. */
export function allBinaries(binaries: readonly PlannedBinary[]): PlannedBinary[] {
  const all = binaries.flatMap((one) => [...(one.universal?.parts ?? []), one])
  return [...new Map(all.map((one) => [one.path, one])).values()]
}
