import { type Audit, type AuditOptions, auditRepository } from '../audit/audit.ts'
import { TagonceError } from '../core/errors.ts'

/**
 * Holds every rule of the audit against a repository; only reads.
 * @example (await auditCommand({ root: '/repo', env: process.env, signal })).findings
 */
export async function auditCommand(options: AuditOptions): Promise<Audit> {
  if (options.tag !== undefined && /[\s~^:?*[\\]|\.\.|^[-/]|\/$/.test(options.tag)) {
    throw new TagonceError('usage', `${JSON.stringify(options.tag)} is no name of a tag`)
  }
  return auditRepository(options)
}

/** Whether the audit fails: an error that is not silenced. */
export function auditFails(audit: Audit): boolean {
  return audit.findings.some((one) => one.severity === 'error' && one.silenced === undefined)
}
