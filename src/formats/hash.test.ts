import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { digester, hashAlgorithms, hashFile, isHashAlgorithm } from './hash.ts'

test('every algorithm, judged by Python', async () => {
  await using folder = await tempFolder('hash-test')
  const path = join(folder.path, 'a')
  await writeFile(path, Buffer.alloc(2_500_001, 'tagonce'))
  const inPython = hashAlgorithms.filter((name) => name !== 'blake3')
  const script = `import hashlib,json,sys,zlib
b=open(sys.argv[1],'rb').read()
print(json.dumps({n:(('%08x'%zlib.crc32(b)) if n=='crc32' else hashlib.new(n.replace('sha3-','sha3_'),b).hexdigest()) for n in sys.argv[2:]}))`
  const { stdout } = await run(['python3', '-c', script, path, ...inPython])
  const { size, digests } = await hashFile(path, inPython)
  expect(size).toBe(2_500_001)
  expect(digests).toEqual(JSON.parse(stdout))
  expect(Object.keys(digests)).toHaveLength(13)
})

test('blake3 of the empty text and of "abc", as its own test vectors have them', () => {
  // https://github.com/BLAKE3-team/BLAKE3/blob/master/test_vectors/test_vectors.json, first case; and b3sum of "abc".
  expect(digester('blake3').hex()).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262')
  const hash = digester('blake3')
  for (const char of 'abc') hash.update(Buffer.from(char))
  expect(hash.hex()).toBe('6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85')
})

test('an empty file, and a crc32 with zeros in front', async () => {
  await using folder = await tempFolder('hash-test')
  const path = join(folder.path, 'a')
  await writeFile(path, '')
  expect(await hashFile(path, ['crc32', 'md5'])).toEqual({
    size: 0,
    digests: { crc32: '00000000', md5: 'd41d8cd98f00b204e9800998ecf8427e' },
  })
})

test('other names are not algorithms', () => {
  expect(['sha256', 'crc32', 'blake2s'].every(isHashAlgorithm)).toBe(true)
  expect(['sha-256', 'toString', 'constructor', ''].some(isHashAlgorithm)).toBe(false)
})
