import type { AnyKind, Infer } from './schema/kinds.ts'
import { any, list, object, text } from './schema/kinds.ts'
import { npm } from './schema/npm.ts'

/** `tagonce.yaml` beside the config: what GoReleaser has no key for. */
export const own = object({
  npms: list(npm),
  pypis: list(any),
  /** Rules of `tagonce audit` that are silenced, each with its reason. */
  audit: object({ silence: list(object({ rule: text, file: text, reason: text })) }),
})

export type OwnConfig = Infer<typeof own>

/** Names it may have, beside the config. */
export const OWN_FILES = ['tagonce.yaml', 'tagonce.yml'] as const

export const ownKind: AnyKind = own
