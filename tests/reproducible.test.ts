import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import { type RunSettings, tagonce } from './support/program.ts'
import { helloProject } from './support/project.ts'
import { node22, tool } from './support/tools.ts'

test('two clones of examples/hello give equal bytes at other paths, in other zones, on other cores and Nodes', async () => {
  await using folder = await tempFolder('reproducible')
  const origin = join(folder.path, 'origin')
  await helloProject(origin)
  const taskset = tool('taskset')
  const older = await node22()
  const variants: Record<string, RunSettings> = {
    'as it is': {},
    'in another zone, with another language': {
      env: { TZ: 'Asia/Kathmandu', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', GOMAXPROCS: '1' },
    },
    'with another umask': { wrap: ['sh', '-c', 'umask 077; exec "$@"', 'sh'] },
    ...(taskset === undefined ? {} : { 'on one core': { wrap: [taskset, '-c', '0'] } }),
    ...(older === undefined ? {} : { 'on Node 22': { node: older } }),
  }
  const made: Record<string, Record<string, string>> = {}
  for (const [name, settings] of Object.entries(variants)) {
    const clone = join(folder.path, `${name} ${'deeper/'.repeat(Object.keys(made).length)}clone`)
    // The umask counts at the checkout, too.
    const cloned = await run([...(settings.wrap ?? []), 'git', 'clone', '--quiet', origin, clone])
    expect(cloned).toMatchObject({ code: 0 })
    const released = await tagonce(['release', '--skip', 'publish'], { cwd: clone, ...settings })
    expect({ name, ...released }).toMatchObject({ name, code: 0 })
    made[name] = await digests(join(clone, 'dist'))
  }
  const first = made['as it is'] ?? {}
  expect(Object.keys(first).toSorted()).toEqual([
    'CHANGELOG.md',
    'checksums.txt',
    'hello-1.2.3.tar.gz',
    'hello_1.2.3_darwin_amd64.tar.gz',
    'hello_1.2.3_darwin_arm64.tar.gz',
    'hello_1.2.3_linux_amd64.tar.gz',
    'hello_1.2.3_linux_arm64.tar.gz',
    'hello_1.2.3_windows_amd64.zip',
    'tagonce.json',
  ])
  for (const name of Object.keys(variants)) expect({ [name]: made[name] }).toEqual({ [name]: first })

  // The same check sees a single other byte in the commit.
  const clone = join(folder.path, 'as it is clone')
  await run(
    ['sh', '-c', 'echo >> README.md && git -c user.name=a -c user.email=a@b commit -qam x && git tag -f v1.2.3'],
    {
      cwd: clone,
    },
  )
  expect(await tagonce(['release', '--skip', 'publish', '--clean'], { cwd: clone })).toMatchObject({ code: 0 })
  const changed = Object.entries(await digests(join(clone, 'dist'))).filter(([name, sha256]) => first[name] !== sha256)
  expect(changed).toHaveLength(9)
}, 120_000)

/** What is released: not the folders of binaries, nor what GoReleaser keeps beside them. */
async function digests(dist: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const entry of await readdir(dist, { withFileTypes: true })) {
    if (!entry.isFile() || ['artifacts.json', 'metadata.json', 'config.yaml'].includes(entry.name)) continue
    found[entry.name] = createHash('sha256')
      .update(await readFile(join(dist, entry.name)))
      .digest('hex')
  }
  return found
}
