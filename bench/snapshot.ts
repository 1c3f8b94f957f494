import { copyFile, mkdir, open, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import { inTurn, measure, type Measured, type Pair } from './measure.ts'
import { findGoreleaser, standInGo } from './release.ts'

const program = join(resolve(import.meta.dirname, '..'), 'package', 'bin', 'tagonce.cjs')

/** Ten builds for three systems make thirty targets; each is packed three times, those for Linux also as packages. */
const MANY = `version: 2
project_name: many
builds:
${Array.from(
  { length: 10 },
  (_, index) =>
    `  - { id: b${index}, binary: b${index}, env: [CGO_ENABLED=0], targets: [linux_amd64, darwin_arm64, windows_amd64] }\n`,
).join('')}archives:
${['tar.gz', 'zip', 'tar.zst']
  .flatMap((format, at) =>
    Array.from(
      { length: 10 },
      (_, index) =>
        `  - { id: a${at}-${index}, ids: [b${index}], formats: [${format}], name_template: 'b${index}_{{ .Version }}_{{ .Os }}_{{ .Arch }}' }\n`,
    ),
  )
  .join('')}nfpms:
${Array.from(
  { length: 10 },
  (_, index) =>
    `  - { id: p${index}, ids: [b${index}], package_name: b${index}, maintainer: 'A <a@example.com>', description: d, license: MIT, formats: [deb, rpm, apk], file_name_template: 'b${index}_{{ .Version }}_{{ .Arch }}' }\n`,
).join('')}`

/** One program of a gigabyte as three packages. */
const BIG = `version: 2
project_name: big
builds: [{ binary: big, env: [CGO_ENABLED=0], targets: [linux_amd64] }]
archives: [{ formats: [binary] }]
nfpms:
  - { maintainer: 'A <a@example.com>', description: d, license: MIT, formats: [deb, rpm, apk] }
`

async function projectOf(folder: string, config: string): Promise<string> {
  const root = join(folder, 'project')
  await mkdir(root, { recursive: true })
  await writeFile(join(root, '.goreleaser.yaml'), config)
  await writeFile(join(root, 'go.mod'), 'module example.com/bench\n\ngo 1.21\n')
  await writeFile(join(root, 'main.go'), 'package main\n\nfunc main() {}\n')
  await writeFile(join(root, '.gitignore'), 'dist/\n')
  const git = (...args: string[]): Promise<unknown> =>
    run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root })
  await git('init', '-q', '-b', 'main')
  await git('remote', 'add', 'origin', 'https://github.com/acme/bench.git')
  await git('add', '-A')
  await git('commit', '-q', '-m', 'feat: first')
  await git('tag', 'v1.0.0')
  return root
}

async function snapshots(name: string, aim: string, config: string, rounds: number, big: boolean): Promise<Pair> {
  await using folder = await tempFolder('bench-snapshot')
  const standIn = await standInGo(folder.path)
  if (big) await grow(join(folder.path, 'programs', 'linux_amd64'))
  const cwd = await projectOf(folder.path, config)
  const env = { ...process.env, PATH: `${standIn}:${process.env['PATH']}`, GITHUB_TOKEN: 'x' }
  const release = (argv: string[]): (() => Promise<Measured>) => {
    return () => measure([...argv, 'release', '--snapshot', '--clean'], { cwd, env })
  }
  return await inTurn(
    name,
    aim,
    'GoReleaser 2.16.0',
    rounds,
    release([process.execPath, program]),
    release([findGoreleaser()]),
  )
}

/** Makes a program a gigabyte long with copies of itself: bytes as compressible as those of a real one. */
async function grow(path: string): Promise<void> {
  const small = `${path}.small`
  await copyFile(path, small)
  const { size } = await stat(small)
  await using from = await open(small)
  await using to = await open(path, 'r+')
  const bytes = Buffer.alloc(size)
  await from.read(bytes, 0, size, 0)
  for (let at = size; at < 1_000_000_000; at += size) {
    // Not the same distance each time: what repeats exactly compresses better than any program.
    bytes.writeUInt32LE(at % 2 ** 32, (at / size) % (size - 4))
    await to.write(bytes, 0, size, at)
  }
}

/** A snapshot of thirty targets, three archives of each, with packages; and one program of a gigabyte as deb, rpm and apk. */
export async function benchSnapshot(rounds: number): Promise<Pair[]> {
  const many = '30 targets × 3 archives with packages, stand-in for `go`'
  return [
    await snapshots(many, '≤ 0.5', MANY, rounds, false),
    ...(process.env['BIG'] === '0'
      ? []
      : [await snapshots('1 GB as deb, rpm and apk', '–', BIG, Math.min(rounds, 1), true)]),
  ]
}
