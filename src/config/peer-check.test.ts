import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check } from '../commands/check.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { PEER_CASES } from './testing/peer-cases.ts'
import { findGoreleaser } from './testing/peer.ts'

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

describe.skipIf(goreleaser === undefined)('`check` ends as GoReleaser’s does', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  beforeAll(async () => {
    folder = await tempFolder('check')
    const git = async (...args: string[]): Promise<unknown> =>
      run(['git', ...args], { cwd: folder.path, env: process.env })
    await git('init', '--quiet')
    await git('remote', 'add', 'origin', 'https://github.com/ann/hello.git')
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test.each(Object.entries(PEER_CASES))('%s', async (name, { config, ours }) => {
    const own = config.startsWith('version') || config.startsWith('-')
    const text = own ? config : `version: 2\nproject_name: hello\n${config}`
    const file = `${name.replaceAll(/\W+/g, '-')}.yaml`
    await writeFile(join(folder.path, file), text)
    const env = { PATH: process.env['PATH'], HOME: folder.path }
    const [theirs, mine] = await Promise.all([
      run([goreleaser ?? '', 'check', file], { cwd: folder.path, env }),
      check({ root: folder.path, files: [file] }),
    ])
    const said = `${theirs.stdout}${theirs.stderr}\n${JSON.stringify(mine.results[0]?.diagnostics, null, 1)}`
    expect({ code: mine.exitCode, said }).toEqual({ code: ours === undefined ? theirs.code : ours[0], said })
    // A difference that is none any more has to leave the list.
    expect(ours?.[0]).not.toBe(theirs.code)
  })
})
