import type { FullConfig } from '../config/defaults.ts'
import { leavesRoot } from './names.ts'
import type { Plan } from './plan.ts'
import type { Renderer } from './renderer.ts'

/** Files are looked for below `monorepo.dir` first. */
export function inMonorepo<P extends Pick<Plan, 'archives' | 'extraFiles'>>(
  plan: P,
  renderer: Renderer,
  config: FullConfig,
): P {
  const at = ['monorepo', 'dir']
  const base = renderer.render(config.monorepo?.dir, at).replace(/\/+$/, '')
  if (base === '' || base === '.') return plan
  if (leavesRoot(base)) {
    renderer.problem('leaves-root', at, `${base} lies outside the folder of the project`, 'use a path below it')
    return plan
  }
  return {
    ...plan,
    archives: plan.archives.map((one) => ({ ...one, files: one.files.map((file) => ({ ...file, base })) })),
    ...(plan.extraFiles === undefined ? {} : { extraFiles: plan.extraFiles.map((file) => ({ ...file, base })) }),
  }
}
