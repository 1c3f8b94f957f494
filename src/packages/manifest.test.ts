import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { readManifest } from '../manifest/read.ts'
import { manifestText, seal } from '../manifest/seal.ts'
import { packAll } from './testing/pack.ts'

const YAML = `version: 2
project_name: hello
builds: [{ goos: [linux], goarch: [amd64] }]
nfpms: [{ formats: [deb, rpm, apk, archlinux, ipk], maintainer: a, contents: [{ src: etc/*, dst: /etc/hello/ }] }]
`

test('packages are sealed into the manifest and read back', async () => {
  await using folder = await tempFolder('manifest')
  const { plan, made } = await packAll(folder.path, YAML, { 'etc/one': '1\n' })
  const artifacts = made.map(({ path: _, ...artifact }) => artifact)
  const manifest = seal({ plan, fragments: [{ artifacts }], spokes: [], notes: '', tool: '1.0.0' })
  const back = readManifest(manifestText(manifest)).artifacts
  expect(back.map(({ kind, format }) => `${kind} ${format}`).toSorted()).toEqual(
    ['apk', 'archlinux', 'deb', 'ipk', 'rpm'].map((format) => `package ${format}`),
  )
  for (const { binaries, files } of back) {
    expect([binaries[0]?.path, files]).toEqual(['usr/bin/hello', ['etc/hello/one']])
  }
})
