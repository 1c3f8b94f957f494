import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { parseImageName } from './oci-registry-name.ts'

const HUB = 'registry-1.docker.io'
const digest = `sha256:${'a'.repeat(64)}`

// Facts: https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
test.each([
  ['debian', { host: HUB, repository: 'library/debian' }],
  ['debian:12', { host: HUB, repository: 'library/debian', tag: '12' }],
  ['octo/hello', { host: HUB, repository: 'octo/hello' }],
  ['docker.io/octo/hello:v1', { host: HUB, repository: 'octo/hello', tag: 'v1' }],
  ['docker.io/debian', { host: HUB, repository: 'library/debian' }],
  ['index.docker.io/octo/hello', { host: HUB, repository: 'octo/hello' }],
  ['ghcr.io/octo/hello:v1.2', { host: 'ghcr.io', repository: 'octo/hello', tag: 'v1.2' }],
  [`ghcr.io/octo/a/b@${digest}`, { host: 'ghcr.io', repository: 'octo/a/b', digest }],
  [`ghcr.io/octo/a:v1@${digest}`, { host: 'ghcr.io', repository: 'octo/a', tag: 'v1', digest }],
  ['localhost/hello', { host: 'localhost', repository: 'hello' }],
  ['localhost:5000/hello:v1', { host: 'localhost:5000', repository: 'hello', tag: 'v1' }],
  ['[::1]:5000/hello', { host: '[::1]:5000', repository: 'hello' }],
  ['local/hello', { host: HUB, repository: 'local/hello' }],
  ['localhost:5000', { host: HUB, repository: 'library/localhost', tag: '5000' }],
])('%s', (text, wanted) => expect(parseImageName(text)).toEqual(wanted))

test.each([
  ['', '""'],
  ['Debian', 'lower-case'],
  ['ghcr.io/Octo/hello', '"Octo"'],
  ['ghcr.io/octo//hello', '""'],
  ['ghcr.io/../hello', '".."'],
  ['ghcr.io/octo/hello:', 'the tag'],
  ['octo/hello:v1+x', 'the tag v1+x'],
  ['octo/hello@sha256:abc', 'sha256:abc is no digest'],
  ['https://ghcr.io/octo/hello', 'no image name'],
  ['gh_cr.io/octo/hello', 'gh_cr.io is no host'],
  [`octo/${'a'.repeat(256)}`, '255'],
])('%s is refused', (text, why) => {
  expect(() => parseImageName(text)).toThrow(TagonceError)
  expect(() => parseImageName(text)).toThrow(why)
})

test('any text is a name that goes into a path as it is, or an error in words', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = (): string => {
        try {
          return parseImageName(text).repository
        } catch (error) {
          return error instanceof TagonceError ? 'no-name' : 'FAULT'
        }
      }
      expect(read()).toMatch(/^[a-z0-9._/-]+$/)
    }),
  )
})
