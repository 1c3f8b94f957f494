import { TagonceError } from '../core/errors.ts'
import type { Builder } from './builder.ts'
import { go } from './go.ts'
import { node } from './node.ts'
import { prebuilt } from './prebuilt.ts'
import { toolchains } from './toolchains.ts'

const BUILDERS: ReadonlyMap<string, Builder> = new Map(
  [go, prebuilt, node, ...toolchains].map((one) => [one.name, one]),
)

/** The builder of a name. The plan has refused unknown ones already. */
export function builderOf(name: string): Builder {
  const found = BUILDERS.get(name)
  if (found === undefined) throw new TagonceError('plan', `there is no builder ${name}`)
  return found
}
