import type { Builder } from './builder.ts'
import { missingTools, runTool } from './run-tool.ts'

/** Where each toolchain is to be had, and what a run that fails may lack. */
const TOOLCHAINS: { name: string; tool: string; from: string; hint?: string }[] = [
  {
    name: 'rust',
    tool: 'cargo',
    from: 'https://rustup.rs',
    hint: 'cross-compiling needs cargo-zigbuild and zig; `command: build` does without them on this machine’s target',
  },
  { name: 'zig', tool: 'zig', from: 'https://ziglang.org/download/' },
  { name: 'bun', tool: 'bun', from: 'https://bun.sh' },
  { name: 'deno', tool: 'deno', from: 'https://deno.com' },
  { name: 'uv', tool: 'uv', from: 'https://docs.astral.sh/uv/' },
  { name: 'poetry', tool: 'poetry', from: 'https://python-poetry.org' },
]

/** Builders that run one command for each target, and take what it makes. */
export const toolchains: Builder[] = TOOLCHAINS.map(({ name, tool, from, hint }) => ({
  name,
  check: (binaries, io) =>
    Promise.resolve(
      missingTools(binaries, io, (missing) =>
        missing === tool || missing === 'rustup'
          ? `install it from ${from}`
          : `install ${missing}, or leave out \`tool\``,
      ),
    ),
  build: (binaries, io) => runTool(binaries, io, hint),
}))
