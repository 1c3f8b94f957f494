import type { Outside } from '../config/outside.ts'
import { cacheFolder } from '../core/cache.ts'
import type { Http } from '../external/http.ts'
import { type WebText, webTexts } from '../external/web-text.ts'

/**
 * What a config needs to read addresses, with a copy of each in the user's cache folder. `done` has what was read. With `offline` only
 * the copies are looked at.
 * @example await openPlan({ root, env, outside: outsideOf(http, env) })
 */
export function outsideOf(
  http: Http,
  env: Record<string, string | undefined>,
  offline = false,
): Outside & { done: readonly WebText[] } {
  return { env, ...webTexts({ http, folder: cacheFolder(env), offline }) }
}
