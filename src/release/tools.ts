import type { Diagnostic } from '../core/errors.ts'
import { checkPackages } from '../packages/check.ts'
import type { Plan } from '../plan/plan.ts'
import { missingCataloguers } from '../sbom/catalog.ts'
import { missingSigners } from '../signing/sign.ts'

/** Tools for signatures and SBOMs that are not there. In a rehearsal those that sign are passed over instead, with the reason. */
export async function missingTools(
  plan: Plan,
  io: { root: string; env: Record<string, string | undefined>; stripSecrets: boolean },
): Promise<Diagnostic[]> {
  const signs = io.stripSecrets ? [] : [...(plan.signs ?? []), ...(plan.binarySigns ?? [])]
  const packages = io.stripSecrets ? [] : checkPackages(plan.packages ?? [], io)
  return [...(await missingSigners(signs, io)), ...packages, ...missingCataloguers(plan.sboms ?? [], io)]
}
