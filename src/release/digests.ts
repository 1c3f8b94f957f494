import { posix } from 'node:path'
import type { Config } from '../config/config.ts'
import type { Report } from '../converge/report.ts'
import { inside } from '../core/paths.ts'
import { writeText } from '../pack/write-whole.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { Plan } from '../plan/plan.ts'

/**
 * `docker_digest`: the digest of every image that registries show, in `dist`, as `sha256sum` writes it. Nothing where there is none.
 * @example await writeDigests(report, plan, loaded.config, { root, late, skip }) // dist/digests.txt
 */
export async function writeDigests(
  report: Pick<Report, 'channels'>,
  plan: Pick<Plan, 'dist'>,
  { docker_digest: settings }: Pick<Config, 'docker_digest'>,
  io: { root: string; late: LateRenderer; skip: ReadonlySet<string> },
): Promise<void> {
  const at = ['docker_digest']
  if (io.skip.has('docker_digest') || io.late.isTrue(settings?.disable, [...at, 'disable'])) return
  const images = report.channels
    .filter((one) => one.spoke === 'docker' || one.spoke === 'ko')
    .flatMap((one) => one.units)
    .flatMap(({ id, observation: { state, evidence } }) => {
      const digest = evidence.find((one) => one.digest !== undefined)?.digest
      return state === 'live' && digest !== undefined ? [{ name: id.replace('docker:', ''), digest }] : []
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  if (images.length === 0) return
  const name = io.late.render(settings?.name_template || 'digests.txt', [...at, 'name_template'])
  const text = images.map((one) => `${one.digest.replace(/^\w+:/, '')}  ${one.name}\n`).join('')
  await writeText(inside(inside(io.root, plan.dist), name), text, posix.join(plan.dist, name))
}
