import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TagonceError } from '../../core/errors.ts'
import { tempFolder } from '../../core/temp.ts'
import { gunzip } from '../../formats/gzip.ts'
import { fileChunks } from '../../formats/file-chunks.ts'
import { readTar } from '../../formats/tar-reader.ts'
import { loopback } from '../../external/testing.ts'
import { npm } from './index.ts'
import { extraFiles, pinSettings } from './pins.ts'
import { fixture, withChannel } from './testing.ts'

async function project() {
  const folder = await tempFolder('npm-extra')
  const root = join(folder.path, 'project')
  await mkdir(join(root, 'docs'), { recursive: true })
  await writeFile(join(root, 'docs/a.md'), '# ä\n')
  await writeFile(join(root, 'docs/b.md'), '# b\n')
  await writeFile(join(root, 'README.md'), '# of npm\n')
  await writeFile(join(root, 'logo.png'), Buffer.from([0x89, 0x50, 0xff, 0x00]))
  return { root, path: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

test('extra files are sealed with the entry and go into the main package, without the project', async () => {
  await using one = await project()
  const extraFiles = [
    { glob: 'docs/*.md', name: '' },
    { glob: 'logo.png', name: 'img/logo.png' },
    { glob: './README.md', name: '' },
  ]
  const { hub, settings } = await fixture(one.path, { settings: { extraFiles } })
  const pins = await pinSettings(settings, { root: one.root })
  expect(pins).toEqual({
    'file:a.md': '# ä\n',
    'file:b.md': '# b\n',
    'file:img/logo.png': 'base64:iVD/AA==',
    'file:README.md': '# of npm\n',
  })
  Object.assign(hub.manifest.spokes[0]?.pins ?? {}, pins)
  await using net = await loopback([], (_, response) => response.end())
  const unit = npm.units(hub.manifest, settings).find((each) => each.role === 'main')!
  const own = await mkdtemp(join(one.path, 'run-'))
  const made = await withChannel(net.http, own, async (io) => npm.assemble?.(unit, hub, io))
  const found: Record<string, string> = {}
  for await (const member of readTar(gunzip(fileChunks(made?.path ?? '')))) {
    const chunks: Uint8Array[] = []
    for await (const chunk of member.content) chunks.push(chunk)
    found[member.name] = Buffer.concat(chunks).toString('base64')
  }
  expect(found).toMatchObject({
    'package/a.md': Buffer.from('# ä\n').toString('base64'),
    'package/img/logo.png': 'iVD/AA==',
    'package/README.md': Buffer.from('# of npm\n').toString('base64'),
  })
})

test.each([
  [[{ glob: 'none/*.md', name: '' }], 'no file matches none/*.md'],
  [[{ glob: 'none.md', name: '' }], 'none.md cannot be read'],
  [[{ glob: 'docs/*.md', name: 'doc.md' }], 'matches 2 files'],
  [[{ glob: 'README.md', name: 'lib/index.js' }], 'lib/index.js is made by us'],
  [[{ glob: 'README.md', name: 'x/../package.json' }], 'package.json is made by us'],
  [[{ glob: '../outside.md', name: '' }], 'outside.md'],
  [[{ glob: 'README.md', name: '../evil' }], 'evil'],
  [[{ glob: 'big.bin', name: '' }], '262144 can be sealed'],
])('%j is refused', async (extraFiles, why) => {
  await using one = await project()
  await writeFile(join(one.root, 'big.bin'), Buffer.alloc(300_000))
  const { settings } = await fixture(one.path, { settings: { extraFiles } })
  await expect(pinSettings(settings, { root: one.root })).rejects.toThrow(why)
})

test('a link that leads out of the project is not followed', async () => {
  await using one = await project()
  await writeFile(join(one.path, 'secret'), 'of others')
  await symlink(join(one.path, 'secret'), join(one.root, 'link.md'))
  const { settings } = await fixture(one.path, { settings: { extraFiles: [{ glob: 'link.md', name: '' }] } })
  await expect(pinSettings(settings, { root: one.root })).rejects.toThrow('link.md')
})

test('a manifest that was tampered with puts nothing over our own files', async () => {
  await using one = await project()
  const { hub, settings } = await fixture(one.path)
  for (const name of ['file:package.json', 'file:bin/../package.json', 'file:../x']) {
    hub.manifest.spokes = [{ spoke: 'npm', entry: settings.name, settings, pins: { [name]: '{}' } }]
    expect(() => extraFiles(hub.manifest, settings)).toThrow(TagonceError)
  }
})
