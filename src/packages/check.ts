import { findTool } from '../builders/tools.ts'
import type { Diagnostic } from '../core/errors.ts'
import type { PlannedPackage } from './planned.ts'

/**
 * What the packages of a plan need of the machine, before anything is built: gpg, where debs or rpms are signed.
 * @example checkPackages(plan.packages ?? [], { root, env })
 */
export function checkPackages(
  packages: PlannedPackage[],
  io: { root: string; env: Record<string, string | undefined> },
): Diagnostic[] {
  const signed = packages.find(({ signature, format }) => signature !== undefined && format !== 'apk')
  if (signed === undefined || findTool('gpg', io.env, io.root) !== undefined) return []
  const message = `gpg is not on the PATH, and ${signed.name} shall be signed with it`
  return [
    {
      severity: 'error',
      code: 'tool-missing',
      message,
      mend: 'install GnuPG, or pass over signatures with --skip=sign',
    },
  ]
}
