import { isBuiltin } from 'node:module'
import { defineConfig } from 'tsdown'

/** The program is one file with everything inside: nothing is installed beside it, and it starts fast. */
const shared = {
  format: 'esm' as const,
  platform: 'node' as const,
  target: 'node22.12',
  // `scripts/build.mjs` builds beside the place, and renames.
  outDir: process.env['TAGONCE_OUT'] ?? 'package/dist',
  clean: false,
  dts: false,
  fixedExtension: false,
  deps: { alwaysBundle: [/.*/], onlyBundle: false as const },
  outputOptions: { codeSplitting: false },
}

const MARK = '\0node:'

/**
 * Node's own modules are loaded when the code that needs them first runs. A static import would load all of them at the start,
 * and read every export: for `node:http` that alone starts the whole of fetch (23 ms of 46).
 */
const lateBuiltins = {
  name: 'late-builtins',
  resolveId: {
    order: 'pre' as const,
    handler(id: string) {
      const name = id.replace(/^node:/, '')
      // The bundle's own first line needs `createRequire`.
      return isBuiltin(id) && name !== 'module' ? { id: `${MARK}${name}`, moduleSideEffects: false } : null
    },
  },
  load(id: string) {
    if (!id.startsWith(MARK)) return null
    const name = id.slice(MARK.length)
    return { code: `module.exports = process.getBuiltinModule('node:${name}')`, moduleType: 'js' as const }
  },
}

export default defineConfig([
  { ...shared, entry: { cli: 'src/cli.ts' }, minify: true, plugins: [lateBuiltins] },
  { ...shared, entry: { index: 'src/index.ts' } },
])
