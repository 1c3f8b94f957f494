import type { FromHubIO, FromHubOptions } from '../commands/from-hub.ts'
import { credentialsOf } from '../core/credentials.ts'
import { tempFolder } from '../core/temp.ts'
import { createHttp } from '../external/http.ts'
import { VERSION } from '../version.ts'
import type { Context } from './context.ts'

/** Options of every command that runs from the hub alone. */
export interface FromHubCliOptions {
  tag: string
  hub?: string | undefined
}

/** Gives a command what it needs to run from the hub, and takes its private folder away afterwards. */
export async function fromHub<T>(
  context: Context,
  only: string[],
  { tag, hub }: FromHubCliOptions,
  command: (options: FromHubOptions, io: FromHubIO) => Promise<T>,
): Promise<T> {
  const { events, env, signal, root } = context
  await using folder = await tempFolder('from-hub')
  const http = createHttp({ routes: {}, signal, events, userAgent: `tagonce/${VERSION}` })
  const io = { http, credentials: credentialsOf(env), events, signal, folder: folder.path }
  return await command({ root, tag, only, env, ...(hub === undefined ? {} : { hub }) }, io)
}
