import type { HubSettings } from '../plan/plan.ts'

/**
 * The hub of a repository that is known by name only, on GitHub or on a server of one's own (`GITHUB_SERVER_URL`): enough to read a
 * release, and to write files into it.
 * @example hubNamed({ owner: 'acme', name: 'hello' }, 'https://github.com').api // 'https://api.github.com'
 */
export function hubNamed({ owner, name }: { owner: string; name: string }, server: string): HubSettings {
  const own = server !== 'https://github.com'
  return {
    kind: 'github',
    owner,
    repo: name,
    download: server,
    api: own ? `${server}/api/v3` : 'https://api.github.com',
    upload: own ? `${server}/api/uploads` : 'https://uploads.github.com',
    title: '',
    draft: false,
    prerelease: false,
    makeLatest: 'auto',
    mode: 'keep-existing',
    targetCommitish: '',
    header: '',
    footer: '',
    ids: [],
    disabled: null,
    skipUpload: false,
    tokenEnv: 'GITHUB_TOKEN',
  }
}
