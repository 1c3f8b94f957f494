import { assert, property, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from '../core/secrets.ts'
import { gitEnv, repositoryOf, withoutCredentials } from './git.ts'

describe('withoutCredentials', () => {
  it.each([
    ['https://ghp_alonetoken@github.com/o/r', 'https://github.com/o/r'],
    ['https://user:p%40ss-word@host/o/r.git', 'https://host/o/r.git'],
    ['ssh://git:hunter22@host/o/r', 'ssh://git@host/o/r'],
    ['git@github.com:o/r.git', 'git@github.com:o/r.git'],
    ['/srv/git/r.git', '/srv/git/r.git'],
  ])('%s', (url, bare) => expect(withoutCredentials(url)).toBe(bare))

  it('leaves no password, whatever it holds, and masks it from then on', () => {
    assert(
      property(stringMatching(/^[A-Za-z0-9_:@-]{8,20}$/), (password) => {
        expect(withoutCredentials(`https://ann:${password}@example.org/o/r`)).toBe('https://example.org/o/r')
        expect(redact(`found ${password} in a log`)).not.toContain(password)
      }),
    )
  })
})

describe('repositoryOf', () => {
  it.each([
    ['git@github.com:goreleaser/goreleaser.git', 'goreleaser', 'goreleaser'],
    ['https://foo@github.com/o/r', 'o', 'r'],
    ['https://something.with.port:8080/o/r.git', 'o', 'r'],
    ['https://ci:TOKEN_abcdef@gitlab.example.org/group/nested/r.git', 'group/nested', 'r'],
    ['ssh://git@host:2222/o/r/', 'o', 'r'],
  ])('%s', (url, owner, name) => expect(repositoryOf(url)).toEqual({ owner, name }))

  it.each(['', 'origin', 'git@gist.github.com:someid.git', 'https://gist.github.com/'])('none in %j', (url) =>
    expect(repositoryOf(url)).toBeUndefined(),
  )
})

it('gitEnv keeps settings of reach and trust only', () => {
  const env = gitEnv({
    PATH: '/bin',
    GIT_DIR: '/x',
    GIT_SSH_COMMAND: 'ssh -x',
    GIT_CONFIG_COUNT: '1',
    GIT_AUTHOR_NAME: 'a',
  })
  expect(Object.keys(env).toSorted()).toEqual(
    ['GIT_CONFIG_COUNT', 'GIT_OPTIONAL_LOCKS', 'GIT_SSH_COMMAND', 'GIT_TERMINAL_PROMPT', 'LC_ALL', 'PATH'].toSorted(),
  )
})
