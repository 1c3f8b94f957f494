import { createHttp, type Http } from '../external/http.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'

/** The HTTP client of a command that reaches the world as it is. */
export function httpOf({ signal, events }: Pick<Context, 'signal' | 'events'>): Http {
  return createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` })
}
