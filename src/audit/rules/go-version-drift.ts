import type { Position } from '../../core/errors.ts'
import { placesOf, rule } from './finding.ts'

/** Workflows and images that use another Go than go.mod asks for. */
export const goVersionDrift = rule(
  {
    id: 'go-version-drift',
    severity: 'warning',
    summary: 'Workflows name several versions of Go, or one that is older than go.mod asks.',
  },
  ({ snapshot, workflows }, say) => {
    const mod = snapshot.read('go.mod')
    const wanted =
      /^toolchain go(\d+\.\d+(?:\.\d+)?)/m.exec(mod ?? '')?.[1] ?? /^go\s+(\d+\.\d+(?:\.\d+)?)/m.exec(mod ?? '')?.[1]
    if (mod === undefined || wanted === undefined) return []
    const named = new Map<string, Position[]>()
    for (const { path, text } of workflows)
      for (const { match, where } of placesOf(
        path,
        text,
        /^\s*(?:-\s*)?(?:go-version|GO_VERSION)\s*:\s*['"]?\^?~?(\d+\.\d+(?:\.\d+)?)/,
      ))
        named.set(match[1] ?? '', [...(named.get(match[1] ?? '') ?? []), where])
    const older = [...named].filter(([version]) => olderThan(version, wanted))
    const [first] = older.length > 0 ? older : named.size > 1 ? [...named] : []
    if (first === undefined) return []
    const all = [...named.keys()].join(', ')
    return [
      say(
        `workflows use Go ${all}; go.mod asks for ${wanted}`,
        first[1][0] ?? { file: 'go.mod', line: 1, column: 1 },
        'write `go-version-file: go.mod`, so that there is one place',
        {
          evidence: [...named].flatMap(([version, places]) =>
            places.map((where) => ({ text: `Go ${version}`, where })),
          ),
        },
      ),
    ]
  },
)

/** `1.21` is as new as `1.21.5` when it says no patch: any patch may be meant. */
export function olderThan(version: string, wanted: string): boolean {
  const [a, b] = [version, wanted].map((one) => one.split('.').map(Number))
  for (let at = 0; at < Math.min(a?.length ?? 0, b?.length ?? 0); at += 1) {
    const [left = 0, right = 0] = [a?.[at], b?.[at]]
    if (left !== right) return left < right
  }
  return false
}
