import { createHash } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import type { Artifact } from '../../../core/artifact.ts'
import { run } from '../../../external/process.ts'

/** Stands in for the Go compiler: `go build -o X` writes a small file of its own for each X. */
const STAND_IN = `#!/bin/sh
case "$1" in
build) while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done; mkdir -p "$(dirname "$out")"; echo "$out" > "$out";;
list) echo example.com/hello;;
esac
`

/** Stands in for nix-hash: a digest as one number, in base 32 with Nix's digits. */
const NIX_HASH = `#!${process.execPath}
const digest = require('node:crypto').createHash('sha256').update(require('node:fs').readFileSync(process.argv.at(-1)))
let number = BigInt('0x' + digest.digest().reverse().toString('hex'))
let out = ''
for (let at = 0; at < 52; at++, number /= 32n) out = '0123456789abcdfghijklmnpqrsvwxyz'[Number(number % 32n)] + out
console.log(out)
`

/** Programs that the peer runs, and whose work is of no matter here. */
const TOOLS: Record<string, string> = {
  go: STAND_IN,
  choco: '#!/bin/sh\n',
  snapcraft: '#!/bin/sh\n',
  'nix-hash': NIX_HASH,
}

/** The real GoReleaser: `GORELEASER`, or the one on the PATH. */
export function findGoreleaser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'goreleaser'))
  return [process.env['GORELEASER'] ?? '', ...folders].find((path) => path !== '' && isProgram(path))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Lets the peer make a snapshot of a tiny project in `folder`: its artifacts as a manifest has them. */
export async function snapshot(
  program: string,
  folder: string,
  config: unknown,
  options: { git?: boolean } = {},
): Promise<Artifact[]> {
  const tools = join(folder, 'tools')
  const project = join(folder, 'project')
  await mkdir(tools, { recursive: true })
  await mkdir(project)
  for (const [name, text] of Object.entries(TOOLS)) {
    await writeFile(join(tools, name), text)
    await chmod(join(tools, name), 0o755)
  }
  await writeFile(join(project, 'go.mod'), 'module example.com/hello\n')
  await writeFile(join(project, 'main.go'), 'package main\n\nfunc main() {}\n')
  await writeFile(join(project, 'README.md'), '# hello\n')
  await writeFile(join(project, 'hello.1'), '.TH HELLO 1\n')
  await writeFile(join(project, '.goreleaser.yaml'), stringify(config))
  if (options.git === true) await commitAll(project)
  const env = { PATH: `${tools}${delimiter}/usr/bin${delimiter}/bin`, HOME: folder }
  const result = await run([program, 'release', '--snapshot', '--clean'], { cwd: project, env })
  if (result.code !== 0) throw new Error(`goreleaser: ${result.stdout}${result.stderr}`)
  return readArtifacts(project)
}

async function commitAll(project: string): Promise<void> {
  const git = ['git', '-C', project, '-c', 'user.name=Ann', '-c', 'user.email=ann@acme.example']
  const commands = [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    ['commit', '-qm', 'first'],
    ['tag', 'v1.2.3'],
    ['remote', 'add', 'origin', 'https://github.com/acme/hello'],
  ]
  for (const args of commands) {
    const result = await run([...git, ...args], {
      env: { PATH: '/usr/bin:/bin', GIT_CONFIG_NOSYSTEM: '1', HOME: project },
    })
    if (result.code !== 0) throw new Error(result.stderr)
  }
}

const artifactsJson = z.array(
  z.object({
    name: z.string(),
    path: z.string(),
    goos: z.string().default(''),
    goarch: z.string().default(''),
    goamd64: z.string().optional(),
    goarm: z.string().optional(),
    target: z.string().default(''),
    type: z.string(),
    internal_type: z.number(),
    extra: z
      .object({
        ID: z.string().default(''),
        Format: z.string().optional(),
        WrappedIn: z.string().default(''),
        Binary: z.string().optional(),
        Binaries: z.array(z.string()).default([]),
        Files: z.array(z.string()).default([]),
      })
      .prefault({}),
  }),
)

/** Words of the manifest for the peer's types. */
const KINDS: Record<number, Artifact['kind']> = { 1: 'archive', 2: 'binary', 15: 'source' }

/** Reads the peer's `artifacts.json`: archives, bare programs and the source archive. */
async function readArtifacts(project: string): Promise<Artifact[]> {
  const all = artifactsJson.parse(JSON.parse(await readFile(join(project, 'dist/artifacts.json'), 'utf8')))
  const ours = all.filter((one) => one.internal_type in KINDS)
  return Promise.all(
    ours.map(async (one) => {
      const bytes = await readFile(join(project, one.path))
      const wrap = one.extra.WrappedIn
      const names = one.internal_type === 2 ? [one.extra.Binary ?? ''] : one.extra.Binaries
      return {
        name: one.name,
        kind: KINDS[one.internal_type] ?? 'file',
        id: one.extra.ID,
        format: one.extra.Format ?? '',
        wrapDirectory: wrap,
        platform: {
          goos: one.goos,
          goarch: one.goarch,
          target: one.target,
          ...(one.goamd64 ? { goamd64: one.goamd64 } : {}),
          ...(one.goarm ? { goarm: one.goarm } : {}),
        },
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        files: one.extra.Files,
        binaries: names.map((name) => ({
          name,
          path: one.internal_type === 2 ? one.name : wrap === '' ? name : `${wrap}/${name}`,
          mode: '0755',
          size: 0,
          sha256: '',
        })),
      } satisfies Artifact
    }),
  )
}
