import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { commitText, isoSeconds, parseCommit, parseTag, tagText } from './git-text.ts'

const hex = fc.string({ unit: fc.constantFrom('0', '7', 'a', 'f'), minLength: 40, maxLength: 40 })
const word = fc.string({ minLength: 1 }).map((text) => text.replace(/[<>\n\s]/g, 'x'))
const person = fc.record({
  name: word,
  email: word,
  date: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => isoSeconds(new Date(seconds * 1000))),
})

test('commits and tags are read back as they were written', () => {
  const commit = fc.record({
    tree: hex,
    parents: fc.array(hex, { maxLength: 3 }),
    author: person,
    committer: person,
    message: fc.string(),
    signature: fc.constantFrom(null, '-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----'),
  })
  fc.assert(
    fc.property(commit, (one) => {
      expect(parseCommit(commitText(one))).toEqual(one)
    }),
  )
  const tag = fc.record({ object: hex, type: fc.constant('commit'), tag: word, tagger: person, message: fc.string() })
  fc.assert(
    fc.property(tag, (one) => {
      expect(parseTag(tagText(one))).toEqual(one)
    }),
  )
})
