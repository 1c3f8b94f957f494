import type { z } from 'zod'
import { TagonceError } from '../../core/errors.ts'

/** Reads settings back from a manifest. Throws `manifest` with the place of the fault. */
export function parseSettings<T>(schema: z.ZodType<T>, spoke: string, settings: unknown): T {
  const result = schema.safeParse(settings)
  if (result.success) return result.data
  const [first] = result.error.issues
  const place = [spoke, ...(first?.path ?? [])].map(String).join('.')
  throw new TagonceError(
    'manifest',
    `the manifest's settings at ${place} can't be read: ${first?.message ?? 'unknown'}`,
    {
      cause: result.error,
    },
  )
}
