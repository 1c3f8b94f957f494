import { chmod, copyFile, mkdir, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Diagnostic } from '../core/errors.ts'
import { inside } from '../core/paths.ts'
import { platformWords } from '../plan/context.ts'
import type { Builder } from './builder.ts'

/** Takes in binaries that exist already. */
export const prebuilt: Builder = {
  name: 'prebuilt',

  async check(binaries, io) {
    const found = await Promise.all(
      binaries.map(async (one): Promise<Diagnostic[]> => {
        const from = one.prebuiltPath ?? ''
        const facts = await stat(inside(io.root, from)).catch(() => undefined)
        if (facts?.isFile() === true) return []
        const what = facts === undefined ? 'does not exist' : 'is no file'
        return [
          {
            severity: 'error',
            code: 'prebuilt-missing',
            message: `the prebuilt binary for ${platformWords(one.platform)}, ${from}, ${what}`,
            mend: 'build it first, or look at `prebuilt.path`',
          },
        ]
      }),
    )
    return found.flat()
  },

  async build(binaries, io) {
    const root = await realpath(io.root)
    for (const one of binaries) {
      const from = await realpath(inside(root, one.prebuiltPath ?? ''))
      // A link must not lead out of the project either.
      inside(root, from)
      const to = join(io.root, one.path)
      await mkdir(dirname(to), { recursive: true })
      await rm(to, { force: true })
      await copyFile(from, to)
      await chmod(to, 0o755)
    }
  },
}
