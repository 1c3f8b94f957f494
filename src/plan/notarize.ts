import type { Config } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { PlannedNotarize } from './plan.ts'
import type { Renderer } from './renderer.ts'

const TEN_MINUTES = 600_000
const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `notarize.macos`: entries that are not enabled are passed over, as with GoReleaser. */
export function planNotarize(renderer: Renderer, { notarize, project_name: project = '' }: Config): PlannedNotarize[] {
  return (notarize?.macos ?? []).flatMap((one, index) => {
    const at: Path = ['notarize', 'macos', index]
    if (!renderer.isTrue(one.enabled, [...at, 'enabled'])) return []
    if (!one.sign?.certificate)
      renderer.problem('notarize', at, 'signing needs a certificate', 'set `sign.certificate`: a path, or base64')
    return [
      {
        ids: (one.ids ?? []).length > 0 ? (one.ids ?? []) : [project],
        certificate: one.sign?.certificate ?? '',
        password: one.sign?.password ?? '',
        entitlements: one.sign?.entitlements ?? '',
        issuer: one.notarize?.issuer_id ?? '',
        keyId: one.notarize?.key_id ?? '',
        key: one.notarize?.key ?? '',
        timeout: milliseconds(one.notarize?.timeout ?? '') || TEN_MINUTES,
        wait: one.notarize?.wait ?? false,
        at: [...at],
      },
    ]
  })
}

/** Go's duration: `1h30m`. */
function milliseconds(text: string): number {
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0), 0)
}
