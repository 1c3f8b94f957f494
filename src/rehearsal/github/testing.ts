import { Octokit } from '@octokit/core'
import { expect } from 'vitest'
import { Events } from '../../core/events.ts'
import { tempFolder } from '../../core/temp.ts'
import { createHttp, type Http } from '../../external/http.ts'
import { startWorld, type WorldHandle } from '../world.ts'
import { checkAgainstOpenApi } from './openapi-check.ts'
import { seedGithub, type GithubSeed } from './seed.ts'
import { githubServer } from './server.ts'

/** A local world with a GitHub in it, for tests. */
export interface GithubUnderTest extends AsyncDisposable {
  folder: string
  world: WorldHandle
  seed: GithubSeed
  /** A client of `token`, which is acme's with the scope `repo`. */
  octokit: Octokit
  /** A client of another token; anonymous with none. */
  octokitOf(token?: string): Octokit
  http: Http
  token: string
}

/**
 * Starts one in a temporary folder. When it ends, all that was said is held against GitHub's own description of its API.
 * @example await using world = await withGithub()
 */
export async function withGithub(options: { proxy?: true } = {}): Promise<GithubUnderTest> {
  const folder = await tempFolder('github')
  const world = await startWorld({ ...options, folder: folder.path, servers: [githubServer()], record: true })
  const http = createHttp({
    routes: world.routes(),
    signal: new AbortController().signal,
    events: new Events(),
    userAgent: 'tagonce/test',
    offline: true,
  })
  const seed = seedGithub(folder.path)
  const token = 'ghp_ofAcmeForTests'
  seed.token({ token, login: 'acme' })
  const octokitOf = (auth?: string): Octokit =>
    new Octokit({ ...(auth === undefined ? {} : { auth }), request: { fetch: http.fetch } })
  return {
    folder: folder.path,
    world,
    seed,
    octokit: octokitOf(token),
    octokitOf,
    http,
    token,
    async [Symbol.asyncDispose]() {
      const exchanges = world.exchanges()
      await world.stop()
      expect(checkAgainstOpenApi(exchanges)).toEqual([])
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Uploads an asset as a client does, once. `template` is the release's `upload_url`. */
export function upload(world: GithubUnderTest, template: string, name: string, bytes: string): Promise<Response> {
  return world.http.request(`${template.replace(/\{.*/, '')}?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    body: Buffer.from(bytes),
    headers: {
      authorization: `token ${world.token}`,
      'content-type': 'text/plain',
      'content-length': String(bytes.length),
    },
    retries: 0,
  })
}
