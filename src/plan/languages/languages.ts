import { bun } from './bun.ts'
import { deno } from './deno.ts'
import type { Language } from './language.ts'
import { node } from './node.ts'
import { poetry, uv } from './python.ts'
import { rust } from './rust.ts'
import { zig } from './zig.ts'

/** Every toolchain but Go's, by the word of `builds[].builder`. */
export const languages: ReadonlyMap<string, Language> = new Map(
  [bun, deno, node, poetry, rust, uv, zig].map((one) => [one.name, one]),
)
