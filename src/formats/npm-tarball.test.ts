import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import { npmTarball, npmText } from './npm-tarball.ts'

const FILES = [
  npmText('README.md', '# hello\n'),
  npmText('bin/hello.js', '#!/usr/bin/env node\nconsole.log("hi")\n', true),
  npmText('package.json', '{"name":"hello","version":"1.2.3","bin":{"hello":"bin/hello.js"}}\n'),
]

test('npm installs it, and the program runs', async () => {
  await using folder = await tempFolder('npm-tarball-test')
  const path = join(folder.path, 'hello-1.2.3.tgz')
  await writeFile(path, npmTarball(FILES))
  const env = { ...process.env, npm_config_cache: join(folder.path, 'cache'), npm_config_offline: 'true' }
  const argv = [
    'npm',
    'install',
    '--global',
    '--prefix',
    join(folder.path, 'prefix'),
    '--ignore-scripts',
    '--no-audit',
    path,
  ]
  const installed = await run(argv, { cwd: folder.path, env })
  expect(installed).toMatchObject({ code: 0 })
  expect((await run([join(folder.path, 'prefix', 'bin', 'hello')])).stdout).toBe('hi\n')
})

test('the entries are those of `npm pack`: prefix, modes, time, package.json first', async () => {
  await using folder = await tempFolder('npm-tarball-test')
  const path = join(folder.path, 'a.tgz')
  await writeFile(path, npmTarball(FILES))
  const { stdout } = await run(['tar', 'tvzf', path, '--numeric-owner', '--full-time'], {
    env: { ...process.env, TZ: 'UTC' },
  })
  expect(stdout).toBe(`-rw-r--r-- 0/0              66 1985-10-26 08:15:00 package/package.json
-rw-r--r-- 0/0               8 1985-10-26 08:15:00 package/README.md
-rwxr-xr-x 0/0              38 1985-10-26 08:15:00 package/bin/hello.js
`)
})

test('the order given has no influence', async () => {
  await using folder = await tempFolder('npm-tarball-test')
  const digests = new Set<string>()
  for (const files of [FILES, FILES.toReversed()]) {
    const path = join(folder.path, 'a.tgz')
    await writeFile(path, npmTarball(files))
    digests.add(
      createHash('sha512')
        .update(await readFile(path))
        .digest('hex'),
    )
  }
  expect(digests.size).toBe(1)
})

test('a path that leaves the package is refused', async () => {
  const all = async (): Promise<void> => {
    for await (const _ of npmTarball([npmText('../x', '')]));
  }
  await expect(all()).rejects.toThrow('unsafe name')
})
