import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { preAuthEncoding } from './dsse.ts'
import { pemBytes, pemText } from './pem.ts'
import { bundleOfAttestation, pypiAttestation } from './pypi-attestation.ts'
import { sigstoreBundle, statementIn } from './sigstore-bundle.ts'

test("what is signed, as the example of DSSE's protocol.md has it", () => {
  const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()
  expect(encoded).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world')
  expect(preAuthEncoding('ä', Buffer.from('ö')).toString()).toBe('DSSEv1 2 ä 2 ö')
})

test('PEM is read as it was written, in lines of 64', () => {
  expect.hasAssertions()
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      const text = pemText('CERTIFICATE', bytes)
      expect(pemBytes(text)).toEqual(Buffer.from(bytes))
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(64)
    }),
  )
  expect(pemBytes('no pem')).toBeUndefined()
})

test('whatever stands in an envelope, it is a statement or nothing', () => {
  expect.hasAssertions()
  const bytes = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ subject: fc.array(fc.anything()), predicateType: fc.anything() }).map((one) => JSON.stringify(one)),
  )
  fc.assert(
    fc.property(bytes, (text) => {
      const statement = statementIn({ payload: Buffer.from(text).toString('base64') })
      for (const one of statement?.subject ?? []) expect(typeof one.name).toBe('string')
      expect(statement === undefined || typeof statement.predicateType === 'string').toBe(true)
    }),
  )
  expect(statementIn(undefined)).toBeUndefined()
})

test('a bundle in the form of PyPI, and back', () => {
  const entry = {
    logIndex: '1',
    logId: { keyId: '' },
    kindVersion: { kind: 'dsse', version: '0.0.1' },
    integratedTime: '1',
    canonicalizedBody: '',
  }
  const envelope = { payload: 'e30=', payloadType: 'application/vnd.in-toto+json', signatures: [{ sig: 'c2ln' }] }
  const bundle = sigstoreBundle(envelope, Buffer.from('der'), entry)
  expect(bundleOfAttestation(pypiAttestation(bundle))).toEqual(bundle)
  expect(bundleOfAttestation({})).toBeUndefined()
})
