import { resolve } from 'node:path'
import { TagonceError } from '../core/errors.ts'
import { isSecretName, redact } from '../core/secrets.ts'
import { run, type RunOptions, type RunResult } from '../external/process.ts'
import type { Command } from '../plan/plan.ts'
import { envOf } from '../plan/renderer.ts'
import type { BuildIO } from './builder.ts'

/**
 * Runs hooks one after another; the first that fails ends it, with its output. In a rehearsal they get no credentials.
 * @example await runHooks(plan.before, io, true)
 */
export async function runHooks(hooks: Command[], io: BuildIO, stripSecrets: boolean): Promise<void> {
  for (const hook of hooks) {
    const line = hook.argv.join(' ')
    io.task.progress(redact(line))
    const lines: string[] = []
    const env = { ...io.env, ...envOf(hook.env) }
    const result = await runHook(hook, line, {
      cwd: resolve(io.root, hook.dir),
      env: stripSecrets ? withoutSecrets(env) : env,
      signal: io.signal,
      onLine: (one) => {
        lines.push(one)
        if (hook.output === true) io.task.log(one)
      },
    })
    if (result.code === 0) continue
    throw new TagonceError('build', `the hook \`${line}\` failed with status ${result.code}`, {
      output: lines.join('\n'),
      ...(stripSecrets ? { hint: 'in a rehearsal hooks get no tokens, keys or passwords' } : {}),
    })
  }
}

/** A hook that can't be started is told with its whole line: its first word alone says little of where it stands. */
async function runHook({ argv }: Command, line: string, options: RunOptions): Promise<RunResult> {
  try {
    return await run(argv, options)
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code !== 'tool-missing') throw error
    throw new TagonceError('tool-missing', `the hook \`${line}\` can’t run: ${error.message}`, { cause: error })
  }
}

/** An environment without the variables whose names say that they hold a secret. */
function withoutSecrets(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isSecretName(name)))
}
