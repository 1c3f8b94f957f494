import type { Diagnostic } from '../../core/errors.ts'
import { TagonceError } from '../../core/errors.ts'
import type { NamedBase } from './settings.ts'

/** What kept a base image from being read, in words that name the image; a fault of ours, or Ctrl-C, is thrown on. */
function saidOf(error: unknown, { name }: NamedBase): { code: TagonceError['code']; message: string; mend: string } {
  if (!(error instanceof TagonceError) || error.code === 'interrupted' || error.code === 'internal') throw error
  const { code, hint } = error
  const message = error.message.startsWith('the base image ')
    ? error.message
    : `the base image ${name} cannot be read: ${error.message}`
  return { code, message, mend: hint ?? `look whether docker pull ${name} works, or name another base image` }
}

/** The same before anything is built, at the line that names the image; a passing fault is no proof that something is wrong. */
export function baseDiagnostic(error: unknown, at: string, base: NamedBase): Diagnostic {
  const { code, message, mend } = saidOf(error, base)
  const severity = code === 'rate-limit' ? 'warning' : 'error'
  const { where } = base
  return {
    severity,
    code: 'docker-base',
    message: `${at}: ${message}`,
    mend,
    ...(where === undefined ? {} : { where }),
  }
}

/**
 * What reads a base image; a failure is told with the line that names the image.
 * @throws TagonceError `Dockerfile:1:6: the base image ghcr.io/acme/base:1 is gone, or may not be read`
 */
export async function readingBase<T>(at: string, base: NamedBase, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const { code, message, mend } = saidOf(error, base)
    const { where } = base
    const place = where === undefined ? at : `${where.file}:${where.line}:${where.column}`
    throw new TagonceError(code, `${place}: ${message}`, { hint: mend, cause: error })
  }
}
