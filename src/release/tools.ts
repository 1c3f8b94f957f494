import { type Diagnostic, TagonceError } from '../core/errors.ts'
import { missingBundlers } from '../packages/bundles.ts'
import { checkPackages } from '../packages/check.ts'
import type { LateRenderer } from '../plan/late.ts'
import type { Plan, PlannedSign } from '../plan/plan.ts'
import { missingCataloguers } from '../sbom/catalog.ts'
import { signCommand } from '../signing/command.ts'
import { checkNotarize } from '../signing/notarize.ts'
import { missingSigners } from '../signing/sign.ts'
import { type Subject, subjectOfBinary } from '../signing/subject.ts'

/**
 * What would stop packages, signatures and SBOMs, before anything is built: tools, keys and files of passwords that are not there, and
 * templates that fail (most often for a variable that is not set). In a rehearsal, where signing is passed over with its reason, only
 * what SBOMs need.
 */
export async function missingTools(
  plan: Plan,
  io: { root: string; env: Record<string, string | undefined>; stripSecrets: boolean; late: LateRenderer },
): Promise<Diagnostic[]> {
  const signs = io.stripSecrets ? [] : [...(plan.signs ?? []), ...(plan.binarySigns ?? [])]
  const packages = io.stripSecrets ? [] : checkPackages(plan.packages ?? [], io)
  const apple = io.stripSecrets ? [] : await checkNotarize(plan.notarize ?? [], io)
  const tools = [
    ...apple,
    ...(await missingSigners(signs, io)),
    ...packages,
    ...missingBundlers(plan, io),
    ...missingCataloguers(plan.sboms ?? [], io),
  ]
  const tried = await Promise.all(signs.filter((one) => one.artifacts !== 'none').map((one) => tryOut(one, plan, io)))
  return [...tools, ...tried.flat()]
}

/** Renders everything once, for a file that stands for those that will be. */
async function tryOut(sign: PlannedSign, plan: Plan, io: { root: string; late: LateRenderer }): Promise<Diagnostic[]> {
  const name = plan.archives[0]?.name ?? plan.project
  const [binary] = plan.binaries
  const subject: Subject =
    sign.at[0] === 'binary_signs' && binary !== undefined
      ? subjectOfBinary(binary)
      : { name, path: `${plan.dist}/${name}`, id: '', kind: 'archive' }
  try {
    await signCommand(sign, subject, { ...io, dist: plan.dist, project: plan.project, cmd: sign.cmd })
    return []
  } catch (error) {
    if (!(error instanceof TagonceError)) throw error
    if (error.diagnostics.length > 0) return error.diagnostics
    const mend = error.hint === undefined ? {} : { mend: error.hint }
    return [{ severity: 'error', code: 'signing', message: error.message, ...mend }]
  }
}
