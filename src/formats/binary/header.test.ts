import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { array, assert, asyncProperty, constantFrom, nat, tuple, uint8Array } from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempFolder } from '../../core/temp.ts'
import { run } from '../../external/process.ts'
import { sourceOfBuffer } from '../byte-source.ts'
import { binaryHeaderOf, readBinaryHeader } from './header.ts'

/** Whether a tool is there; says so where it is not. */
async function has(...argv: string[]): Promise<boolean> {
  const found = await run(argv).then(
    () => true,
    () => false,
  )
  if (!found) process.stderr.write(`skipped: ${argv[0]} is not on the PATH\n`)
  return found
}

const hasGo = await has('go', 'version')
const hasReadelf = await has('readelf', '--version')
const hasCc = await has('cc', '--version')

const TARGETS = [
  ['linux', 'amd64'],
  ['linux', 'arm64'],
  ['darwin', 'amd64'],
  ['darwin', 'arm64'],
  ['windows', 'amd64'],
  ['windows', 'arm64'],
] as const

let folder: Awaited<ReturnType<typeof tempFolder>>
const built = (goos: string, goarch: string): string => join(folder.path, `hello_${goos}_${goarch}`)

beforeAll(async () => {
  folder = await tempFolder('header-test')
  if (!hasGo) return
  await writeFile(join(folder.path, 'go.mod'), 'module example.com/hello\n')
  await writeFile(join(folder.path, 'main.go'), 'package main\n\nfunc main() {}\n')
  for (const [GOOS, GOARCH] of TARGETS) {
    const env = { ...process.env, GOOS, GOARCH, CGO_ENABLED: '0', GOFLAGS: '' }
    const { code, stderr } = await run(['go', 'build', '-trimpath', '-o', built(GOOS, GOARCH), '.'], {
      cwd: folder.path,
      env,
    })
    if (code !== 0) throw new Error(stderr)
  }
})
afterAll(() => folder[Symbol.asyncDispose]())

describe.skipIf(!hasGo)('real Go programs', () => {
  test.each(TARGETS)(
    '%s/%s: format and arch are what `go version -m` says they were built for',
    async (goos, goarch) => {
      const { stdout } = await run(['go', 'version', '-m', built(goos, goarch)])
      expect(stdout).toContain(`GOOS=${goos}\n`)
      expect(stdout).toContain(`GOARCH=${goarch}\n`)
      const header = await readBinaryHeader(built(goos, goarch))
      expect(header?.format).toBe({ linux: 'elf', darwin: 'macho', windows: 'pe' }[goos])
      expect(header?.arch).toBe(goarch)
    },
  )

  test('linux: static, nothing asked for', async () => {
    expect(await readBinaryHeader(built('linux', 'amd64'))).toEqual({
      format: 'elf',
      arch: 'amd64',
      linkage: 'static',
      libraries: [],
    })
  })

  test('darwin: the libraries and the system that the go linker notes', async () => {
    const header = await readBinaryHeader(built('darwin', 'arm64'))
    expect(header?.linkage).toBe('dynamic')
    expect(header?.libraries).toContain('/usr/lib/libSystem.B.dylib')
    // Go 1.25 and later need macOS 12 (go.dev/doc/go1.25#darwin); earlier ones say 11.0.
    expect(header?.minos).toMatch(/^1[1-9]\.0$/)
  })

  test('windows: kernel32 is imported', async () => {
    for (const goarch of ['amd64', 'arm64']) {
      const header = await readBinaryHeader(built('windows', goarch))
      expect(header?.libraries.map((name) => name.toLowerCase())).toContain('kernel32.dll')
    }
  })

  test('a universal Mach-O made of both is `all`, and asks for what both need', async () => {
    const parts = [await readFile(built('darwin', 'amd64')), await readFile(built('darwin', 'arm64'))]
    const path = join(folder.path, 'hello_all')
    await writeFile(path, universal(parts))
    const header = await readBinaryHeader(path)
    expect(header).toMatchObject({ format: 'macho', arch: 'all', linkage: 'dynamic' })
    expect(header?.minos).toBe((await readBinaryHeader(built('darwin', 'amd64')))?.minos)
    await using handle = await open(path, 'r')
    expect(await readBinaryHeader(handle)).toEqual(header)
  })

  test('any damage to a real header ends in a value, soon', async () => {
    for (const [goos, goarch] of TARGETS) {
      const head = (await readFile(built(goos, goarch))).subarray(0, 200_000)
      await assert(
        asyncProperty(array(tuple(nat(2047), nat(255)), { maxLength: 8 }), nat(head.length), async (flips, end) => {
          const broken = Buffer.from(head.subarray(0, end))
          for (const [at, value] of flips) if (at < broken.length) broken[at] = value
          const began = performance.now()
          await binaryHeaderOf(sourceOfBuffer(broken))
          expect(performance.now() - began).toBeLessThan(2000)
        }),
        { numRuns: 150 },
      )
    }
  })
})

describe.skipIf(!hasReadelf || process.platform !== 'linux')('programs of this machine, judged by readelf', () => {
  test.each(['/bin/ls', '/bin/sh', process.execPath])('%s', async (path) => {
    const header = await readBinaryHeader(path)
    const dynamic = (await run(['readelf', '-dW', path])).stdout
    const needed = [...dynamic.matchAll(/\(NEEDED\)\s+Shared library: \[(.+?)\]/g)].map((match) => match[1])
    expect(header?.libraries).toEqual(needed)
    const segments = (await run(['readelf', '-lW', path])).stdout
    expect(header?.interpreter).toBe(/Requesting program interpreter: (.+?)\]/.exec(segments)?.[1])
    expect(header?.linkage).toBe(header?.interpreter === undefined && needed.length === 0 ? 'static' : 'dynamic')
    const versions = (await run(['readelf', '-VW', path])).stdout.split('.gnu.version_r')[1] ?? ''
    const all = [...versions.matchAll(/Name: GLIBC_([\d.]+)/g)].map((match) => match[1] ?? '')
    all.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    expect(header?.glibc).toBe(all.at(-1))
  })
})

test.skipIf(!hasCc || !hasReadelf || process.platform !== 'linux')(
  'C programs: dynamic, static, static-pie and a library',
  async () => {
    const dir = join(folder.path, 'c')
    await mkdir(dir)
    await writeFile(join(dir, 'a.c'), '#include <stdio.h>\nint main(void) { puts("hi"); return 0; }\n')
    const make = async (name: string, ...flags: string[]): Promise<Awaited<ReturnType<typeof readBinaryHeader>>> => {
      const { code, stderr } = await run(['cc', join(dir, 'a.c'), '-o', join(dir, name), ...flags])
      if (code !== 0) throw new Error(stderr)
      return readBinaryHeader(join(dir, name))
    }
    expect(await make('dynamic')).toMatchObject({ linkage: 'dynamic', libraries: ['libc.so.6'] })
    expect(await make('static', '-static')).toMatchObject({ linkage: 'static', libraries: [] })
    expect(await make('static-pie', '-static-pie')).toMatchObject({ linkage: 'static', libraries: [] })
    expect(await make('lib.so', '-shared', '-fPIC')).toMatchObject({ linkage: 'dynamic' })
  },
)

test('what is no program is undefined', async () => {
  for (const text of [
    '',
    'MZ',
    '#!/bin/sh\n',
    '\x7fELF',
    '\x7fELF\x02\x01\x01'.padEnd(64, '\0'),
    'MZ'.padEnd(70, '\xff'),
  ]) {
    const header = await binaryHeaderOf(sourceOfBuffer(Buffer.from(text, 'latin1')))
    expect(header?.arch ?? 'unknown').toBe('unknown')
  }
  // A Java class (magic 0xcafebabe, version 65.0) is no fat Mach-O.
  expect(await binaryHeaderOf(sourceOfBuffer(Buffer.from(`cafebabe00000041${'00'.repeat(40)}`, 'hex')))).toBeUndefined()
})

test('garbage behind a right magic ends in a value', async () => {
  const magics = [
    '7f454c46020101',
    '7f454c46010201',
    'cffaedfe0c000001',
    'feedface',
    'cafebabe00000002',
    'cafebabf00000001',
    '4d5a',
  ]
  await assert(
    asyncProperty(constantFrom(...magics), uint8Array({ maxLength: 4096, size: 'max' }), async (magic, rest) => {
      await binaryHeaderOf(sourceOfBuffer(Buffer.concat([Buffer.from(magic, 'hex'), rest])))
    }),
    { numRuns: 1500 },
  )
})

/** A fat file as <mach-o/fat.h> describes it, each slice on a page of 16 KiB. */
function universal(parts: Buffer[]): Buffer {
  const header = Buffer.alloc(8 + 20 * parts.length)
  header.writeUInt32BE(0xcafebabe, 0)
  header.writeUInt32BE(parts.length, 4)
  const chunks: Buffer[] = []
  let offset = 16_384
  for (const [index, part] of parts.entries()) {
    header.writeUInt32BE(part.readUInt32LE(4), 8 + 20 * index)
    header.writeUInt32BE(offset, 16 + 20 * index)
    header.writeUInt32BE(part.length, 20 + 20 * index)
    const padded = Buffer.alloc(Math.ceil(part.length / 16_384) * 16_384)
    part.copy(padded)
    chunks.push(padded)
    offset += padded.length
  }
  return Buffer.concat([header, Buffer.alloc(16_384 - header.length), ...chunks])
}
