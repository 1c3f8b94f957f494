import { defineConfig } from 'vitest/config'
import { plainSummary } from './scripts/plain-summary.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    reporters: ['default', plainSummary],
    server: { deps: { inline: [/@actions\//] } },
  },
})
