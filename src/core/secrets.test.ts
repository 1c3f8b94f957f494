import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSecretName, keepSecret, redact } from './secrets.ts'

test('a secret is masked in every form in which it is sent or printed', () => {
  const secret = 'ghp_s3cret/"quoted"+ü'
  keepSecret(secret)
  const forms = [secret, encodeURIComponent(secret), JSON.stringify({ a: secret }), JSON.stringify([secret])]
  const buffer = Buffer.from(secret)
  for (const form of [...forms, buffer.toString('base64'), buffer.toString('base64url')]) {
    expect(redact(`before ${form} after`)).toMatch(/^before .*\*\*\*.* after$/)
    expect(redact(form)).not.toMatch(/s3cret|quoted/)
  }
})

test('in base64 it is masked whatever stands around it', () => {
  const secret = 'npm_0123456789abcdef'
  keepSecret(secret)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
      const text = Buffer.from(before + secret + after).toString('base64')
      const masked = redact(text)
      expect(masked).toContain('***')
      expect(Buffer.from(masked.split('***').join(''), 'base64').toString('latin1')).not.toContain('0123456789')
    }),
  )
})

test('each line of a key is masked by itself; short lines and short values are not', () => {
  const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'
  keepSecret(`-----BEGIN PRIVATE KEY-----\n${line}\nabc\n-----END PRIVATE KEY-----`)
  keepSecret('short')
  expect(redact(`a ${line} b`)).toBe('a *** b')
  expect(redact('abc short')).toBe('abc short')
})

test.each([
  'GITHUB_TOKEN',
  'npm_config__authToken',
  'AWS_SECRET_ACCESS_KEY',
  'SLACK_WEBHOOK',
  'COSIGN_PASSWORD',
  'AZURE_STORAGE_CONNECTION_STRING',
])('%s names a secret', (name) => expect(isSecretName(name)).toBe(true))

test.each(['PATH', 'TOKENIZER', 'HOME', 'GOFLAGS', 'MONKEY'])('%s names none', (name) =>
  expect(isSecretName(name)).toBe(false),
)
