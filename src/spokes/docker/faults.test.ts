import { appendFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { hasJudge, judgeRegistry } from '../../external/oci-registry-testing.ts'
import { ociRegistry } from '../../external/oci-registry.ts'
import type { OciIndex, OciManifest } from '../../formats/oci-types.ts'
import { tar } from '../../formats/tar.ts'
import { readTar } from '../../formats/tar-reader.ts'
import { layerTar } from './base.ts'
import { channel, localHttp, planned, publishAll, sealed } from './testing/release.ts'
import { writeLayers } from './layers.ts'

if (!hasJudge) console.log('skipped: docker-registry is needed')

const yaml = (host: string): string =>
  `dockers_v2: [{ images: ['${host}/acme/hello'], tags: ['{{ .Version }}', '{{ if not .Prerelease }}latest{{ end }}'] }]\n`
const DOCKERFILE = 'FROM scratch\nARG TARGETPLATFORM\nCOPY $TARGETPLATFORM/hello /\n'

test.skipIf(!hasJudge)(
  'an archive whose digest is not the manifest’s goes into no image, and nothing is pushed',
  async () => {
    await using folder = await tempFolder('faults')
    await using judge = await judgeRegistry(folder.path)
    const io = await channel(localHttp(), folder.path)
    const { hub } = await sealed({ yaml: yaml(judge.host), files: { Dockerfile: DOCKERFILE } }, io)
    const assets = join(folder.path, 'assets-1.2.3')
    for (const name of await readdir(assets)) if (name.includes('arm64')) await appendFile(join(assets, name), 'more')
    const report = await publishAll(hub, io)
    const [unit] = report.channels.flatMap((one) => one.units)
    expect([unit?.observation.state, unit?.failure?.message, report.exitCode]).toEqual([
      'absent',
      expect.stringMatching(/^hello_1\.2\.3_linux_arm64\.tar\.gz is not what was sealed: the hub has sha256:/),
      1,
    ])
    expect(await ociRegistry(judge.host, { http: io.http }).tags('acme/hello')).toEqual([])
  },
)

test.skipIf(!hasJudge)('v1.2.3-test is published under its own tag alone', async () => {
  await using folder = await tempFolder('faults')
  await using judge = await judgeRegistry(folder.path)
  const io = await channel(localHttp(), folder.path)
  const { hub } = await sealed({ yaml: yaml(judge.host), files: { Dockerfile: DOCKERFILE }, version: '1.2.3-test' }, io)
  expect((await publishAll(hub, io)).exitCode).toBe(0)
  const registry = ociRegistry(judge.host, { http: io.http })
  expect(await registry.tags('acme/hello')).toEqual(['1.2.3-test'])
  const index = JSON.parse((await registry.manifest('acme/hello', '1.2.3-test'))!.bytes.toString()) as OciIndex
  const [one] = index.manifests
  const manifest = JSON.parse((await registry.manifest('acme/hello', one!.digest))!.bytes.toString()) as OciManifest
  expect(manifest.layers.length).toBe(1)
})

test('a platform that nothing is built for is told before anything is built', async () => {
  const plan = await planned({
    yaml: 'dockers_v2: [{ images: [a/b], platforms: [linux/amd64, linux/s390x] }]\n',
    files: { Dockerfile: DOCKERFILE },
  })
  const errors = plan.diagnostics
    .filter((one) => one.severity === 'error')
    .map((one) => `${one.where?.file}:${one.where?.line} ${one.message}`)
  expect(errors[0]).toMatch(/^Dockerfile:3 there is no linux\/s390x\/hello in the build context/)
})

test('ADD unpacks an archive, whatever it is packed with, and leaves a file that is none as it is', async () => {
  await using folder = await tempFolder('add')
  const body = (text: string) => ({
    type: 'file' as const,
    size: text.length,
    async *content() {
      yield Buffer.from(text)
    },
  })
  const chunks: Uint8Array[] = []
  const entries = [
    { name: 'in/a', mode: 0o640, mtime: 5, uid: 3, gid: 4, body: body('a') },
    { name: 'in/link', mode: 0o777, mtime: 5, body: { type: 'symlink' as const, target: 'a' } },
  ]
  for await (const chunk of tar(entries)) chunks.push(Buffer.from(chunk))
  const plain = Buffer.concat(chunks)
  const files: Record<string, Buffer> = { 'x.tar': plain, 'x.tgz': gzipSync(plain), 'x.gz': gzipSync('text') }
  await mkdir(join(folder.path, 'context'))
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder.path, 'context', name), bytes)
  const added = async (name: string): Promise<string[]> => {
    const [layer] = await writeLayers(
      [
        {
          by: '',
          nodes: new Map(),
          unpack: [
            { source: { from: 'context', path: name }, into: 'to', path: `to/${name}`, uid: 0, gid: 0, mode: 0o644 },
          ],
        },
      ],
      {
        context: async (path) => join(folder.path, 'context', path),
        layers: new Map(),
        folder: join(folder.path, name),
        mtime: 9,
      },
      'layer',
    )
    const found: string[] = []
    const descriptor = { mediaType: 'x+gzip', digest: '', size: 0 }
    for await (const { name: path, type, mode, uid, gid, mtime, target } of readTar(
      layerTar({ descriptor, path: layer!.path }),
    ))
      found.push(`${path} ${type} ${mode.toString(8)} ${uid}:${gid} ${mtime}${target === '' ? '' : ` ${target}`}`)
    return found
  }
  const unpacked = [
    'to/ directory 755 0:0 9',
    'to/in/ directory 755 0:0 9',
    'to/in/a file 640 3:4 5',
    'to/in/link symlink 777 0:0 5 a',
  ]
  const shown = async (name: string): Promise<string[]> =>
    (await added(name)).map((one) => one.replace(/^(\S+[^/ ]) directory/, '$1/ directory'))
  expect(await shown('x.tar')).toEqual(unpacked)
  expect(await shown('x.tgz')).toEqual(unpacked)
  expect(await shown('x.gz')).toEqual(['to/ directory 755 0:0 9', 'to/x.gz file 644 0:0 9'])
})
