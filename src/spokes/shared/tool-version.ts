import { TagonceError } from '../../core/errors.ts'
import { run } from '../../external/process.ts'

/**
 * The version that a client of this machine prints with `--version`; `unknown` where it prints none, undefined where there is no such
 * program. Throws `network` where it does not end within 20 seconds.
 * @example await toolVersion('makepkg', { env: io.env, signal: io.signal }) // '7.0.0'
 */
export async function toolVersion(
  program: string,
  { env, signal }: { env: Record<string, string | undefined>; signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const { stdout } = await run([program, '--version'], { env, signal, timeout: 20_000 })
    return /\d+\.\d+(?:\.\d+)?/.exec(stdout)?.[0] ?? 'unknown'
  } catch (error) {
    if (error instanceof TagonceError && error.code === 'tool-missing') return undefined
    throw error
  }
}
