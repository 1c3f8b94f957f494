import { expect } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { GithubState } from '../rehearsal/github/state.ts'
import type { ReleaseState } from '../rehearsal/github/state.ts'
import type { WorldStore } from '../spokes/world.ts'
import type { HubUnderTest, Intercept } from './testing.ts'

export const RELEASES = '/repos/acme/hello/releases'
export const ASSETS = /\/releases\/\d+\/assets$/
export const ONE = /\/releases\/\d+$/
export const JSON_TYPE = { 'content-type': 'application/json' }

/** The first so many requests that fit are met by the fault; the rest pass. */
export function first(count: number, fits: (method: string, path: string) => boolean, fault: Intercept): Intercept {
  let met = 0
  return (request, next, store) =>
    fits(request.method, request.path) && met++ < count ? fault(request, next, store) : next()
}

export const answer =
  (status: number, message: string, headers: Record<string, string> = {}) =>
  (): Promise<Response> =>
    Promise.resolve(new Response(JSON.stringify({ message }), { status, headers: { ...JSON_TYPE, ...headers } }))

/** Carried out, but the answer never arrives. */
export const lost: Intercept = async (_, next) => {
  await next()
  const body = new ReadableStream({ start: (controller) => controller.error(new Error('cut')) })
  return new Response(body, { headers: JSON_TYPE })
}

/** Nothing is read; the connection is cut in the middle, and an asset that is no asset stays. */
export const cutUpload: Intercept = async (request, next, store) => {
  await next()
  const name = request.query.get('name')
  change(store, (release) => ({
    ...release,
    assets: release.assets.map((one) => (one.name === name ? { ...one, state: 'starter' } : one)),
  }))
  return new Response('{"message":"Error saving asset"}', { status: 502, headers: JSON_TYPE })
}

function change(store: WorldStore, how: (release: ReleaseState) => ReleaseState): void {
  const state = new GithubState(store)
  const repo = state.repository('acme', 'hello')
  if (repo === undefined) throw new Error('no repository')
  for (const release of state.releases(repo)) state.saveRelease(repo, how(release))
}

async function releases(world: HubUnderTest): Promise<Record<string, unknown>[]> {
  return (await world.api('GET', RELEASES)) as unknown as Record<string, unknown>[]
}

/** One public release that holds all files, byte for byte, and nothing else. */
export async function expectWhole(world: HubUnderTest): Promise<void> {
  const all = await releases(world)
  expect(all.map((one) => one['draft'])).toEqual([false])
  const assets = all[0]?.['assets'] as { name: string; state: string; digest: string }[]
  const key = (one: { name: string }): string => one.name
  expect(
    assets.map(({ name, state, digest }) => ({ name, state, digest })).sort((a, b) => key(a).localeCompare(key(b))),
  ).toEqual(
    world.files
      .map(({ name, sha256 }) => ({ name, state: 'uploaded', digest: `sha256:${sha256}` }))
      .sort((a, b) => key(a).localeCompare(key(b))),
  )
}

export async function thrown(promise: Promise<unknown>): Promise<TagonceError> {
  const error = await promise.then(
    (value) => value,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(TagonceError)
  return error as TagonceError
}
