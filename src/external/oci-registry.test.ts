import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { ociRegistry } from './oci-registry.ts'
import type { OciRegistry } from './oci-registry.ts'
import { hasJudge, JUDGE_LOGIN, judgeRegistry, pushSmallImage } from './oci-registry-testing.ts'
import { loopback, thrown } from './testing.ts'

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** An HTTP client that reaches loopback only. */
async function client() {
  return loopback([], (_, response) => response.end())
}

describe.skipIf(!hasJudge)('against docker-registry', () => {
  test('what goes up comes down, to the byte; a second time nothing is sent', async () => {
    await using folder = await tempFolder('oci')
    await using judge = await judgeRegistry(folder.path)
    await using net = await client()
    const registry = ociRegistry(judge.host, net)
    await registry.ping()
    await registry.canPush('octo/hello')
    expect(await registry.manifest('octo/hello', 'v1')).toBeUndefined()
    expect(await registry.tags('octo/hello')).toEqual([])

    const big = randomBytes(3_000_000)
    const path = join(folder.path, 'big')
    await writeFile(path, big)
    await registry.pushBlob('octo/hello', { path, size: big.length, digest: sha256(big) })
    expect(await registry.hasBlob('octo/hello', sha256(big))).toBe(true)
    const down = join(folder.path, 'down')
    await registry.blob('octo/hello', sha256(big), down)
    expect((await readFile(down)).equals(big)).toBe(true)
    await registry.pushBlob('octo/hello', { bytes: Buffer.alloc(0), digest: sha256(Buffer.alloc(0)) })

    const image = await pushSmallImage(registry, 'octo/hello', 'v1')
    await registry.pushManifest('octo/hello', 'latest', image)
    for (const reference of ['v1', 'latest', image.digest]) {
      const { bytes, mediaType, digest } = image
      expect(await registry.manifest('octo/hello', reference)).toEqual({ bytes, mediaType, digest })
    }
    expect(await registry.tags('octo/hello')).toEqual(['latest', 'v1'])

    const before = net.events.length
    await registry.pushBlob('octo/hello', { path, size: big.length, digest: sha256(big) })
    expect(net.events.slice(before).map((one) => (one.type === 'request' ? one.method : ''))).toEqual(['HEAD'])
  })

  test('a blob is taken over from another repository, or sent where that is not possible', async () => {
    await using folder = await tempFolder('oci')
    await using judge = await judgeRegistry(folder.path)
    await using net = await client()
    const registry = ociRegistry(judge.host, net)
    const { layer } = await pushSmallImage(registry, 'octo/base', 'v1')
    const blob = { bytes: layer, digest: sha256(layer) }
    const methods = (from: number) => net.events.slice(from).map((one) => (one.type === 'request' ? one.method : ''))
    const before = net.events.length
    await registry.pushBlob('octo/hello', blob, 'octo/base')
    expect(methods(before)).toEqual(['HEAD', 'POST'])
    const after = net.events.length
    await registry.pushBlob('octo/other', blob, 'octo/nowhere')
    expect(methods(after)).toEqual(['HEAD', 'POST', 'PUT'])
    expect(await registry.hasBlob('octo/other', blob.digest)).toBe(true)
  })

  test('a manifest whose blobs are not there is refused with the words of the registry', async () => {
    await using folder = await tempFolder('oci')
    await using judge = await judgeRegistry(folder.path)
    await using net = await client()
    const registry = ociRegistry(judge.host, net)
    const { bytes, mediaType } = await pushSmallImage(registry, 'octo/hello', 'v1')
    const error = await thrown(registry.pushManifest('octo/empty', 'v1', { bytes, mediaType }))
    expect(error.code).toBe('spoke')
    expect(error.message).toContain('MANIFEST_BLOB_UNKNOWN')
    const wrong = { bytes: Buffer.from('abc'), digest: sha256(Buffer.from('abd')) }
    expect((await thrown(registry.pushBlob('octo/hello', wrong))).message).toContain('DIGEST_INVALID')
    const missing = registry.blob('octo/hello', sha256(Buffer.from('none')), join(folder.path, 'none'))
    expect((await thrown(missing)).message).toContain('BLOB_UNKNOWN')
  })

  test('a login by htpasswd: nothing without it, the wrong one is said so', async () => {
    await using folder = await tempFolder('oci')
    await using judge = await judgeRegistry(folder.path, true)
    await using net = await client()
    const nobody = await thrown(ociRegistry(judge.host, net).ping())
    expect(nobody.code).toBe('credentials')
    const wrong = ociRegistry(judge.host, { ...net, credentials: { ...JUDGE_LOGIN, password: 'winter-onion-42' } })
    expect((await thrown(wrong.canPush('octo/hello'))).code).toBe('credentials')
    const registry = ociRegistry(judge.host, { ...net, credentials: JUDGE_LOGIN })
    await registry.ping()
    const { digest } = await pushSmallImage(registry, 'octo/hello', 'v1')
    expect((await registry.manifest('octo/hello', 'v1'))?.digest).toBe(digest)
    expect(JSON.stringify(net.events)).not.toContain(JUDGE_LOGIN.password)
  })

  test('referrers are listed by the tag that stands in for the list', async () => {
    await using folder = await tempFolder('oci')
    await using judge = await judgeRegistry(folder.path)
    await using net = await client()
    const registry = ociRegistry(judge.host, net)
    const image = await pushSmallImage(registry, 'octo/hello', 'v1')
    expect(await registry.referrers('octo/hello', image.digest)).toBeUndefined()
    await pushReferrer(registry, image)
    const [first] = await pushReferrer(registry, image)
    const found = await registry.referrers('octo/hello', image.digest)
    expect(found?.map((one) => one.digest)).toEqual([first])
  })
})

/** Pushes the same attestation of an image. */
async function pushReferrer(registry: OciRegistry, image: { bytes: Buffer; mediaType: string; digest: string }) {
  const empty = Buffer.from('{}')
  await registry.pushBlob('octo/hello', { bytes: empty, digest: sha256(empty) })
  const descriptor = { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256(empty), size: 2 }
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      artifactType: 'application/vnd.example.sbom',
      config: descriptor,
      layers: [descriptor],
      subject: { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length },
    }),
  )
  await registry.pushManifest('octo/hello', sha256(bytes), { bytes, mediaType })
  return [sha256(bytes)]
}
