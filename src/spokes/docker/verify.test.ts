import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { hasJudge, judgeRegistry } from '../../external/oci-registry-testing.ts'
import { ociRegistry } from '../../external/oci-registry.ts'
import { writeLayer } from '../../formats/oci-layer.ts'
import type { OciManifest } from '../../formats/oci-types.ts'
import type { Manifest } from '../../manifest/manifest.ts'
import { expectedOf } from './expected.ts'
import type { ImageSettings } from './settings.ts'
import { channel, localHttp, publishAll, sealed } from './testing/release.ts'

if (!hasJudge) console.log('skipped: docker-registry is needed')

const DOCKERFILE = 'FROM scratch\nCOPY hello /usr/bin/hello\n'

const yaml = (host: string): string => `dockers:
  - { image_templates: ['${host}/acme/hello:{{ .Version }}-amd64'], goarch: amd64 }
  - { image_templates: ['${host}/acme/hello:{{ .Version }}-arm64'], goarch: arm64 }
docker_manifests:
  - name_template: '${host}/acme/hello:{{ .Version }}'
    image_templates: ['${host}/acme/hello:{{ .Version }}-amd64', '${host}/acme/hello:{{ .Version }}-arm64']
`

test.skipIf(!hasJudge)('an index of docker_manifests is pulled for each platform', async () => {
  await using folder = await tempFolder('verify')
  await using judge = await judgeRegistry(folder.path)
  const io = await channel(localHttp(), folder.path)
  const { hub } = await sealed({ yaml: yaml(judge.host), files: { Dockerfile: DOCKERFILE } }, io)
  const report = await publishAll(hub, io)
  const said = report.channels.flatMap((one) =>
    one.units.map((unit) => [unit.observation.state, unit.observation.evidence.at(-1)?.what]),
  )
  expect(said).toEqual([
    ['live', "pulled for 1 platform; hello equal to the hub's"],
    ['live', "pulled for 1 platform; hello equal to the hub's"],
    ['live', "pulled for 2 platforms; hello equal to the hub's"],
  ])
})

test.skipIf(!hasJudge)('a layer with another program below the same config is found out', async () => {
  await using folder = await tempFolder('verify')
  await using judge = await judgeRegistry(folder.path)
  const io = await channel(localHttp(), folder.path)
  const { hub } = await sealed({ yaml: yaml(judge.host), files: { Dockerfile: DOCKERFILE } }, io)
  await publishAll(hub, io, { verify: false })
  const registry = ociRegistry(judge.host, { http: io.http })
  const tag = '1.2.3-arm64'
  const there = JSON.parse((await registry.manifest('acme/hello', tag))!.bytes.toString()) as OciManifest
  const evil = Buffer.from('#!/bin/sh\necho evil\n')
  const body = {
    type: 'file' as const,
    size: evil.length,
    async *content() {
      yield evil
    },
  }
  const layer = await writeLayer(join(folder.path, 'layer'), [{ name: 'usr/bin/hello', mode: 0o755, mtime: 0, body }])
  await registry.pushBlob('acme/hello', layer)
  const descriptor = { mediaType: there.layers[0]?.mediaType, digest: layer.digest, size: layer.size }
  const bytes = Buffer.from(JSON.stringify({ ...there, layers: [descriptor] }))
  await registry.pushManifest('acme/hello', tag, { bytes, mediaType: there.mediaType ?? '' })
  const report = await publishAll(hub, io)
  const units = report.channels.flatMap((one) => one.units)
  const [, second] = units
  const arm = hub.manifest.artifacts.find((one) => one.platform?.goarch === 'arm64')?.binaries[0]
  expect([units[0]?.observation.state, second?.observation.state, report.exitCode]).toEqual(['live', 'mismatch', 1])
  expect(second?.observation.reason).toContain(
    `holds no file with the bytes of the hub's hello (sha256:${arm?.sha256})`,
  )
})

test('what must be in an image is what the Dockerfile copies; of a package that is installed, its program', () => {
  const platform = {
    name: 'linux/amd64',
    files: [
      { path: 'linux/amd64/hello', artifact: 'hello.tar.gz', program: 'hello' },
      { path: 'linux/amd64/other', artifact: 'hello.tar.gz', program: 'other' },
      { path: 'linux/amd64/hello.apk', artifact: 'hello.apk' },
    ],
  }
  const settings = {
    role: 'image',
    at: 'dockers_v2[0]',
    platforms: [platform],
    dockerfile: 'Dockerfile',
    buildArgs: {},
    target: '',
    names: [],
  } as unknown as ImageSettings
  const program = (name: string): object => ({
    name,
    path: name,
    mode: '0755',
    size: 1,
    sha256: createHash('sha256').update(name).digest('hex'),
  })
  const artifacts = [
    { name: 'hello.tar.gz', size: 9, sha256: 'a', binaries: [program('hello'), program('other')] },
    { name: 'hello.apk', size: 8, sha256: 'b', binaries: [program('hello')] },
  ]
  const told = (dockerfile: string): unknown => {
    const spokes = [{ spoke: 'docker', entry: 'x', settings, pins: { 'file:Dockerfile': dockerfile } }]
    const [one] = expectedOf(settings, { artifacts, spokes } as unknown as Manifest)
    return [
      one?.any,
      one?.files.map((file) => `${file.name} ${file.bytes.map((each) => each.program ?? each.sha256).join('|')}`),
    ]
  }
  expect(told('FROM scratch\nCOPY linux/amd64/hello /a\nCOPY linux/amd64/hello /b\n')).toEqual([false, ['hello hello']])
  expect(told('FROM scratch\nCOPY linux/amd64/hello /a\nCOPY linux/amd64/other /a\n')).toEqual([false, ['other other']])
  expect(told('FROM scratch\nADD linux/amd64/hello.apk /\n')).toEqual([false, ['hello.apk b|hello']])
  expect(told('FROM x AS p\nCOPY linux/amd64/*.apk /\nRUN apk add /*.apk\nFROM p\n')).toEqual([
    false,
    ['hello.apk b|hello'],
  ])
  expect(
    told('FROM x AS p\nCOPY linux/amd64/*.apk /\nRUN apk add /*.apk\nFROM scratch\nCOPY --from=p /usr /usr\n'),
  ).toEqual([true, ['hello hello', 'other other', 'hello.apk b|hello']])
})
