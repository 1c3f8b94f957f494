import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'

/** The child as one file that Node 22 and 24 can run, as the product itself is bundled. */
export async function bundleChild(folder: string): Promise<string> {
  await build({
    config: false,
    logLevel: 'silent',
    entry: { child: fileURLToPath(new URL('child.ts', import.meta.url)) },
    outDir: folder,
    clean: false,
    dts: false,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    fixedExtension: true,
    deps: { alwaysBundle: [/.*/], onlyBundle: false },
  })
  return join(folder, 'child.mjs')
}
