import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { Faults } from './faults.ts'
import { readLines } from './request-log.ts'
import { diskStore } from './store.ts'

test('documents and blobs come back from the folder, for another store too', async () => {
  await using folder = await tempFolder('store')
  const store = diskStore(folder.path)
  store.write('packages/@acme/hello', { version: 1 })
  store.write('packages/other', [])
  store.write('packages-of-others', null)
  writeFileSync(store.blob('tarballs/hello.tgz'), 'bytes')
  const other = diskStore(folder.path)
  expect(other.read('packages/@acme/hello')).toEqual({ version: 1 })
  expect(other.read('packages/none')).toBeUndefined()
  expect(other.list('packages/')).toEqual(['packages/@acme/hello', 'packages/other'])
  expect(other.list('nothing/')).toEqual([])
  expect(readFileSync(other.blob('tarballs/hello.tgz'), 'utf8')).toBe('bytes')
  other.remove('packages/other')
  expect(store.list('packages/')).toEqual(['packages/@acme/hello'])
})

test('no name leads out of the folder', async () => {
  await using folder = await tempFolder('store')
  const store = diskStore(join(folder.path, 'state'))
  for (const name of ['../../x', '/etc/x', 'a/../../../x']) {
    expect(() => store.write(name, 1)).toThrow('leaves the folder')
    expect(() => store.blob(name)).toThrow('leaves the folder')
    expect(() => store.read(name)).toThrow('leaves the folder')
  }
  expect(existsSync(join(folder.path, 'x.json'))).toBe(false)
})

test('a line of the log that a kill has cut is left out', async () => {
  await using folder = await tempFolder('log')
  const file = join(folder.path, 'x.ndjson')
  expect(readLines(file)).toEqual([])
  writeFileSync(file, '{"a":1}\n{"a":2}\n{"a":')
  expect(readLines(file)).toEqual([{ a: 1 }, { a: 2 }])
})

test('each fault meets the mutating request it was set for, and no other', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
      fc.array(fc.boolean()),
      (nths, requests) => {
        const faults = new Faults()
        for (const nth of nths) faults.set({ nth, when: 'before', action: 'drop' })
        const hits = requests.map((mutating) => faults.meet(mutating)?.nth)
        let count = 0
        const wanted = requests.map((mutating) => {
          if (mutating) count += 1
          return mutating && nths.includes(count) ? count : undefined
        })
        expect(hits).toEqual(wanted)
      },
    ),
  )
})
