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
export async function snapshot(program: string, folder: string, config: unknown): Promise<Artifact[]> {
  const tools = join(folder, 'tools')
  const project = join(folder, 'project')
  await mkdir(tools, { recursive: true })
  await mkdir(project)
  await writeFile(join(tools, 'go'), STAND_IN)
  await chmod(join(tools, 'go'), 0o755)
  await writeFile(join(project, 'go.mod'), 'module example.com/hello\n')
  await writeFile(join(project, 'main.go'), 'package main\n\nfunc main() {}\n')
  await writeFile(join(project, 'README.md'), '# hello\n')
  await writeFile(join(project, 'hello.1'), '.TH HELLO 1\n')
  await writeFile(join(project, '.goreleaser.yaml'), stringify(config))
  const env = { PATH: `${tools}${delimiter}/usr/bin${delimiter}/bin`, HOME: folder }
  const result = await run([program, 'release', '--snapshot', '--clean'], { cwd: project, env })
  if (result.code !== 0) throw new Error(`goreleaser: ${result.stdout}${result.stderr}`)
  return readArtifacts(project)
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

/** Reads the peer's `artifacts.json`: archives (internal type 1) and bare programs (2). */
async function readArtifacts(project: string): Promise<Artifact[]> {
  const all = artifactsJson.parse(JSON.parse(await readFile(join(project, 'dist/artifacts.json'), 'utf8')))
  const ours = all.filter((one) => one.internal_type === 1 || one.internal_type === 2)
  return Promise.all(
    ours.map(async (one) => {
      const bytes = await readFile(join(project, one.path))
      const wrap = one.extra.WrappedIn
      const names = one.internal_type === 2 ? [one.extra.Binary ?? ''] : one.extra.Binaries
      return {
        name: one.name,
        kind: one.internal_type === 2 ? 'binary' : 'archive',
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
