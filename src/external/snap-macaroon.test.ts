import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { authorizationOf, macaroonV1, parseSnapCredentials, signatureOf } from './snap-macaroon.ts'

const root = macaroonV1('dashboard.snapcraft.io', 'root', Buffer.alloc(32, 1))
const discharge = macaroonV1('login.ubuntu.com', 'discharge', Buffer.alloc(32, 2))
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64')

test.each([
  ['base64 of Ubuntu One', encode({ t: 'u1-macaroon', v: { r: root, d: discharge } })],
  ['bare', encode({ r: root, d: discharge })],
  ['plain JSON', JSON.stringify({ r: root, d: discharge })],
  ['an INI file', `[login.ubuntu.com]\nmacaroon = ${root}\nunbound_discharge = ${discharge}\nemail = a@b.c\n`],
  [
    'an INI file in base64',
    Buffer.from(`[login.ubuntu.com]\nmacaroon=${root}\nunbound_discharge=${discharge}\n`).toString('base64'),
  ],
])('%s', (_, text) => expect(parseSnapCredentials(`${text}\n`)).toEqual({ kind: 'u1', root, discharge }))

test('Candid’s is sent as it is', () => {
  const credentials = parseSnapCredentials(encode({ t: 'macaroon', v: 'abc' }))
  expect(authorizationOf(credentials)).toBe('Macaroon abc')
})

test('whatever else is no credentials, and is not repeated', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 8 }), (text) => {
      let message = ''
      try {
        parseSnapCredentials(text)
      } catch (error) {
        message = (error as Error).message
      }
      expect(message).toBe('these are no credentials of the Snap store')
    }),
  )
})

test('the discharge is bound: its signature is the hash of the hashes of both, all else stays', () => {
  const hash = (data: Buffer): Buffer => createHmac('sha256', Buffer.alloc(32)).update(data).digest()
  const wanted = hash(Buffer.concat([hash(Buffer.alloc(32, 1)), hash(Buffer.alloc(32, 2))]))
  const header = authorizationOf({ kind: 'u1', root, discharge })
  const bound = /^Macaroon root=(\S+), discharge=(\S+)$/.exec(header)
  expect(bound?.[1]).toBe(root)
  expect(signatureOf(bound?.[2] ?? '').equals(wanted)).toBe(true)
  const bytes = Buffer.from(bound?.[2] ?? '', 'base64url')
  const before = Buffer.from(discharge, 'base64url')
  expect(bytes.subarray(0, -33).equals(before.subarray(0, -33))).toBe(true)
  expect(bytes.length).toBe(before.length)
})

test('what holds no macaroon is refused with a mend', () => {
  expect(() => authorizationOf({ kind: 'u1', root: 'abc', discharge: 'def' })).toThrow('no macaroon')
})
