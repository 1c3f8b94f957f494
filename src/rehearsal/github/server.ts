import type { WorldServer } from '../../spokes/world.ts'
import { serveApi } from './api.ts'
import { STORAGE_HOST } from './storage.ts'
import { serveWeb } from './web.ts'

/** The first of these names the folder of its state. */
const HOSTS = [
  'api.github.com',
  'uploads.github.com',
  'github.com',
  'codeload.github.com',
  'raw.githubusercontent.com',
  'objects.githubusercontent.com',
  STORAGE_HOST,
]

/**
 * A stateful GitHub: repositories that are real git repositories, the Git Data and contents API, releases, assets, downloads.
 * It knows what `seedGithub` has put into the world's folder, and nothing else.
 * @example await startWorld({ folder, servers: [githubServer()] })
 */
export function githubServer(): WorldServer {
  return {
    hosts: HOSTS,
    handle: (request, store) =>
      request.host === 'api.github.com' || request.host === 'uploads.github.com'
        ? serveApi(request, store)
        : serveWeb(request, store),
    mutates: (method, path) =>
      method !== 'GET' &&
      method !== 'HEAD' &&
      // A fetch posts what it wants, and generated notes are stored nowhere.
      !/\/(git-upload-pack|releases\/generate-notes)$/.test(path.split('?')[0] ?? ''),
  }
}
