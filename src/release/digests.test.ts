import { readFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import type { UnitReport } from '../converge/report.ts'
import { writeDigests } from './digests.ts'

const unit = (id: string, state: 'live' | 'mismatch', digest: string): UnitReport => ({
  id,
  address: '',
  actions: [],
  observation: { state, evidence: [{ what: 'the tag', from: '', at: '', digest }] },
})
const REPORT = {
  channels: [
    {
      spoke: 'docker',
      entry: 'a',
      units: [unit('docker:b/b:1', 'live', 'sha256:bb'), unit('docker:c/c:1', 'mismatch', 'sha256:cc')],
    },
    { spoke: 'ko', entry: 'a', units: [unit('docker:a/a:1', 'live', 'sha256:aa')] },
    { spoke: 'npm', entry: 'a', units: [unit('npm:x', 'live', 'sha256:dd')] },
  ],
}
const late = {
  render: (text = '') => text.replace('{{ .Version }}', '1.2.3'),
  isTrue: (value: unknown) => value === true,
  env: {},
}

test('docker_digest is a line for every image that is there', async () => {
  await using folder = await tempFolder('digests')
  await mkdir(join(folder.path, 'dist'))
  const io = { root: folder.path, late, skip: new Set<string>() }
  const read = (name: string): Promise<string> => readFile(join(folder.path, 'dist', name), 'utf8').catch(() => 'none')
  await writeDigests(REPORT, { dist: 'dist' }, { docker_digest: { disable: true } }, io)
  expect(await read('digests.txt')).toBe('none')
  await writeDigests(REPORT, { dist: 'dist' }, {}, io)
  expect(await read('digests.txt')).toBe('aa  a/a:1\nbb  b/b:1\n')
  await writeDigests(REPORT, { dist: 'dist' }, { docker_digest: { name_template: 'd_{{ .Version }}.txt' } }, io)
  expect(await read('d_1.2.3.txt')).toBe('aa  a/a:1\nbb  b/b:1\n')
  await writeDigests({ channels: [] }, { dist: 'dist' }, { docker_digest: { name_template: 'none.txt' } }, io)
  expect(await read('none.txt')).toBe('none')
  await expect(
    writeDigests(REPORT, { dist: 'dist' }, { docker_digest: { name_template: '../x' } }, io),
  ).rejects.toThrow('leaves the folder')
})
