import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { hashAlgorithms, hashFile, isHashAlgorithm } from './hash.ts'

test('every algorithm, judged by Python', async () => {
  await using folder = await tempFolder('hash-test')
  const path = join(folder.path, 'a')
  await writeFile(path, Buffer.alloc(2_500_001, 'tagonce'))
  const script = `import hashlib,json,sys,zlib
b=open(sys.argv[1],'rb').read()
print(json.dumps({n:(('%08x'%zlib.crc32(b)) if n=='crc32' else hashlib.new(n.replace('sha3-','sha3_'),b).hexdigest()) for n in sys.argv[2:]}))`
  const { stdout } = await run(['python3', '-c', script, path, ...hashAlgorithms])
  const { size, digests } = await hashFile(path, hashAlgorithms)
  expect(size).toBe(2_500_001)
  expect(digests).toEqual(JSON.parse(stdout))
  expect(Object.keys(digests)).toHaveLength(13)
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
