import type { Builder } from './builder.ts'

export const node: Builder = {
  name: 'node',
  check: () => Promise.resolve([]),
  build: () => Promise.resolve(),
}
