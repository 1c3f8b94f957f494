import { TagonceError } from '../../../core/errors.ts'
import { run } from '../../../external/process.ts'
import { buildah } from './buildah.ts'
import { buildx } from './buildx.ts'
import { engineEnv } from './tools.ts'
import type { Engine } from './tools.ts'

/** An engine on this machine, or why there is none that can be used. */
export async function findEngine(signal: AbortSignal): Promise<Engine | { why: string }> {
  const reasons: string[] = []
  for (const find of [buildx, buildah]) {
    const found = await find((argv) => run(argv, { env: engineEnv(), signal, timeout: 60_000 }).catch(missing))
    if ('build' in found) return found
    reasons.push(found.why)
  }
  return { why: reasons.join('; ') }
}

/** A program that is not there is one that failed. */
function missing(error: unknown): { code: number; stdout: string; stderr: string } {
  if (error instanceof TagonceError && error.code !== 'interrupted') return { code: 127, stdout: '', stderr: '' }
  throw error
}
