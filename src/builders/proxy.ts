import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { run } from '../external/process.ts'
import type { ProxyModule } from '../plan/plan.ts'
import { envOf } from '../plan/renderer.ts'
import type { BuildIO } from './builder.ts'

/** A proxy needs some time to see a new tag; GoReleaser's `retry` has these numbers. */
const TRIES = 10
const WAIT = 10_000
const MOST = 300_000

export interface ProxyIO extends BuildIO {
  /** Waits milliseconds; for tests. */
  sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Makes a module that asks the Go module proxy for the program at its tag (`gomod.proxy`).
 * @throws TagonceError `build` with the words of `go get`
 */
export async function makeProxyModule(module: ProxyModule, io: ProxyIO): Promise<void> {
  const folder = inside(io.root, module.dir)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'go.mod'), module.goMod)
  await copyFile(join(io.root, 'go.sum'), join(folder, 'go.sum')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  const { argv, env } = module.command
  const wait = io.sleep ?? ((milliseconds, signal) => sleep(milliseconds, undefined, { signal }))
  for (let attempt = 1; ; attempt++) {
    const result = await run(argv, { cwd: folder, env: { ...io.env, ...envOf(env) }, signal: io.signal })
    if (result.code === 0) return
    const output = `${result.stdout}${result.stderr}`.trim()
    if (!output.includes('404 Not Found') || attempt === TRIES) {
      throw new TagonceError('build', `the module proxy did not give ${argv.at(-1)}`, {
        output,
        hint: 'push the tag first, to a repository that the proxy can read; or leave out `gomod.proxy`',
      })
    }
    io.task.progress(`the proxy does not have it yet; try ${attempt} of ${TRIES}`)
    await wait(Math.min(WAIT * 2 ** (attempt - 1), MOST), io.signal)
  }
}
