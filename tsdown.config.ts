import { defineConfig } from 'tsdown'

/** The program is one file with everything inside: nothing is installed beside it, and it starts fast. */
const shared = {
  format: 'esm' as const,
  platform: 'node' as const,
  target: 'node22.12',
  outDir: 'package/dist',
  clean: false,
  dts: false,
  fixedExtension: false,
  deps: { alwaysBundle: [/.*/], onlyBundle: false as const },
  outputOptions: { codeSplitting: false },
}

export default defineConfig([
  { ...shared, entry: { cli: 'src/cli.ts' }, minify: true },
  { ...shared, entry: { index: 'src/index.ts' } },
])
