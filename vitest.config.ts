import { defineConfig } from 'vitest/config'
import { plainSummary } from './scripts/plain-summary.ts'

const shared = { testTimeout: 60_000, hookTimeout: 600_000, server: { deps: { inline: [/@actions\//] } } }

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default', plainSummary],
    projects: [
      { test: { ...shared, name: 'unit', include: ['src/**/*.test.ts', 'bench/**/*.test.ts'] } },
      // They run the built program.
      { test: { ...shared, name: 'whole', include: ['tests/**/*.test.ts'], globalSetup: 'tests/setup.ts' } },
    ],
  },
})
