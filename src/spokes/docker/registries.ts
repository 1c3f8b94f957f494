import { ociRegistry } from '../../external/oci-registry.ts'
import type { OciRegistry } from '../../external/oci-registry.ts'
import type { ChannelIO } from '../spoke.ts'
import { loginFor } from './login.ts'

/** The registry that images are pushed to. */
export async function registryAt(host: string, io: ChannelIO): Promise<OciRegistry> {
  const login = await loginFor(host, io)
  return ociRegistry(host, { http: io.http, signal: io.signal, ...(login === undefined ? {} : { credentials: login }) })
}

/** A registry that a base image is read from, where it always is; undefined where nothing outside may be read. */
export async function readingRegistry(host: string, io: ChannelIO): Promise<OciRegistry | undefined> {
  const { outside } = io.http
  if (outside === undefined) return undefined
  const url = `https://${host}/v2/`
  // In a rehearsal the login is made up, and good for the local world only.
  const login = outside.route(url) === io.http.route(url) ? await loginFor(host, io) : undefined
  return ociRegistry(host, { http: outside, signal: io.signal, ...(login === undefined ? {} : { credentials: login }) })
}
