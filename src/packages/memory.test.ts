import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'tsdown'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { tool } from './testing/read.ts'

const MIB = 1024 * 1024

test('a big file is never held in memory', { timeout: 240_000 }, async () => {
  await using folder = await tempFolder('memory')
  await build({
    config: false,
    logLevel: 'silent',
    entry: { big: fileURLToPath(new URL('testing/big.ts', import.meta.url)) },
    outDir: folder.path,
    clean: false,
    dts: false,
    format: 'esm',
    platform: 'node',
    fixedExtension: true,
    deps: { alwaysBundle: [/.*/], onlyBundle: false },
  })
  {
    // A file with nothing in it but its length is read like any other.
    await using file = await open(join(folder.path, 'big'), 'w')
    await file.truncate(640 * MIB)
  }
  const used: Record<string, number> = {}
  for (const format of ['deb', 'rpm', 'apk', 'archlinux']) {
    const out = await tool([process.execPath, join(folder.path, 'big.mjs'), folder.path, format])
    used[format] = (JSON.parse(out) as { mib: number }).mib
  }
  console.log(`most memory for a file of 640 MiB, in MiB: ${JSON.stringify(used)}`)
  expect(Math.max(...Object.values(used))).toBeLessThan(300)
})
