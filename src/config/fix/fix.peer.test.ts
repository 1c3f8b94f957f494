import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { check } from '../../commands/check.ts'
import { tempFolder } from '../../core/temp.ts'
import { run } from '../../external/process.ts'
import { findGoreleaser } from '../testing/peer.ts'
import { fixConfig } from './fix.ts'

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

/** Each deprecated key alone; what is left of it after `--fix` (`0`: nothing), and of Pro's keys GoReleaser knows nothing. */
const OLD: [name: string, config: string, left: 0 | 2, pro?: true][] = [
  ['archives.format', 'archives: [{ format: zip }]', 0],
  ['archives.format_overrides.format', 'archives: [{ format_overrides: [{ goos: windows, format: zip }] }]', 0],
  ['archives.builds', 'builds: [{ id: a }]\narchives:\n  - builds:\n      - a\n', 0],
  ['nfpms.builds', 'builds: [{ id: a }]\nnfpms: [{ builds: [a], formats: [deb], maintainer: A <a@b.c> }]', 0],
  ['snapcrafts.builds', 'builds: [{ id: a }]\nsnapcrafts: [{ builds: [a], summary: a, description: b }]', 0],
  ['builds.gobinary', 'builds: [{ gobinary: go1.25 }]', 0],
  ['snapshot.name_template', 'snapshot: { name_template: "{{ .Version }}" }', 0],
  ['homebrew_casks', 'homebrew_casks: [{ binary: a, manpage: a.1, conflicts: [{ formula: b }] }]', 0],
  ['kos.repository', 'builds: [{ id: a }]\nkos: [{ build: a, repository: ghcr.io/a/b }]', 0],
  ['nightly.name_template', 'nightly: { name_template: "{{ .Version }}" }', 0, true],
  ['furies', 'furies: [{ account: ann }]', 0, true],
  ['brews', 'brews: [{ name: a }]', 2],
  ['dockers.retry', 'dockers: [{ image_templates: [a], retry: { attempts: 3 } }]', 2],
  ['nfpms.maintainer', 'nfpms: [{ formats: [deb] }]', 2],
]

test.each(OLD)('%s', async (_, config, left, pro) => {
  await using folder = await tempFolder('fix')
  const root = folder.path
  const env = { PATH: process.env['PATH'], HOME: root }
  await run(['git', 'init', '-q'], { cwd: root, env })
  await run(['git', 'remote', 'add', 'origin', 'https://github.com/ann/hello.git'], { cwd: root, env })
  const before = `version: 2\nproject_name: hello\n${config}\n`
  const codes = async (text: string): Promise<[ours: number, theirs: number | null]> => {
    await writeFile(join(root, '.goreleaser.yaml'), text)
    const { exitCode } = await check({ root })
    const judged = goreleaser !== undefined && pro === undefined
    return [exitCode, judged ? (await run([goreleaser, 'check'], { cwd: root, env })).code : exitCode]
  }
  expect(await codes(before)).toEqual([2, 2])
  const fixed = fixConfig(before)
  expect(await codes(fixed.text)).toEqual([left, left])
  expect(fixed.done.length > 0).toBe(left === 0)
})
