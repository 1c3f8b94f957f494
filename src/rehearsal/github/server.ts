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
        ? // Clients that are told of an Enterprise server put this before each path, whatever its host.
          serveApi({ ...request, path: request.path.replace(/^\/api\/(v3|uploads)(?=\/)/, '') }, store)
        : serveWeb(request, store),
    mutates(method, path, length) {
      if (method === 'GET' || method === 'HEAD') return false
      const [bare = ''] = path.split('?')
      // A fetch posts what it wants, and generated notes are stored nowhere.
      if (/\/(git-upload-pack|releases\/generate-notes)$/.test(bare)) return false
      // Before a big push git asks with an empty one (`0000`) whether it may.
      return !(bare.endsWith('/git-receive-pack') && length === 4)
    },
  }
}
