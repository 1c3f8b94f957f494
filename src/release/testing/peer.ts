import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { findTool } from '../../builders/tools.ts'
import { credentialsOf } from '../../core/credentials.ts'
import type { Event } from '../../core/events.ts'
import { Events } from '../../core/events.ts'
import { createHttp } from '../../external/http.ts'
import { run } from '../../external/process.ts'
import { release, type Released, type ReleaseOptions } from '../../release.ts'
import { TEST_ENV, testRepository, type TestRepository } from '../../source/test-repository.ts'

/** The real GoReleaser, v2.16.0, where it is. */
export const GORELEASER = process.env['GORELEASER'] ?? findTool('goreleaser', process.env, '.')

/** A stand-in for go: each binary says what it is for. */
const GO = `#!/bin/sh
case "$1" in
  list) echo example.org/hello; exit 0;;
  version) echo 'go version go1.26.8 linux/amd64'; exit 0;;
esac
while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done
[ -z "$out" ] || { mkdir -p "$(dirname "$out")"; echo "$GOOS/$GOARCH" > "$out"; chmod +x "$out"; }
`

/** Notes how it is called, and writes what its arguments name: \`--out FILE\`, or \`…=FILE\`. */
const TOOL = `#!/bin/sh
note="$NOTES/$(basename "$0").$(date +%s%N).$$"
[ -n "$note_in_dist" ] && note="$note_in_dist/$(basename "$0").$(date +%s%N).$$"
{
  basename "$(pwd)"
  for one in "$@"; do printf 'arg %s\\n' "$one"; done
  env | grep -E '^(artifact|signature|certificate|digest|document|MARK)[A-Za-z0-9_]*=' | sort
  case "$*" in *--stdin*) printf 'stdin %s\\n' "$(cat)";; esac
} > "$note"
last=
for one in "$@"; do
  case "$last" in --out|--cert) echo "made by $0 for $artifact" | sed 's|/.*/||' > "$one";; esac
  case "$one" in *=*) echo "document" > "\${one#*=}";; esac
  last=$one
done
`

export interface Peer extends AsyncDisposable {
  root: string
  env: Record<string, string | undefined>
  repository: TestRepository
  /** Runs a config by GoReleaser, then by us; gives dist and the calls of the stand-ins of both. */
  both(yaml: string, options: { snapshot: boolean; skip?: string[] }): Promise<{ theirs: Outcome; ours: Outcome }>
  ours(
    yaml: string,
    options?: Partial<ReleaseOptions> & { stripSecrets?: boolean },
  ): Promise<Released & { events: Event[] }>
}

export interface Outcome {
  /** Files of dist, sorted. */
  files: string[]
  /** What each stand-in noted, sorted. */
  calls: string[]
  /** `artifacts.json` by name and type, without digests and sizes. */
  artifacts: Record<string, unknown>
  read(name: string): Promise<string>
  /** Members of an archive: permissions, size, name. */
  members(name: string): Promise<string[]>
  dist: string
}

/** A project in a folder, with stand-ins for go, a tool that signs and one that catalogues. */
export async function peerProject(folder: string, tree: Record<string, string>): Promise<Peer> {
  const root = join(folder, 'hello')
  const bin = join(folder, 'bin')
  const notes = join(folder, 'notes')
  await mkdir(bin)
  await mkdir(notes)
  for (const [name, text] of Object.entries({ go: GO, 'stand-in-sign': TOOL, 'stand-in-syft': TOOL })) {
    await writeFile(join(bin, name), text.replaceAll('$NOTES', notes))
    await chmod(join(bin, name), 0o755)
  }
  const env = { ...TEST_ENV, PATH: `${bin}:${process.env['PATH']}`, HOME: folder, GOCACHE: join(folder, 'cache') }
  const repository = await testRepository(root)
  await repository.commit('First', tree)
  await repository.git('remote', 'add', 'origin', 'https://github.com/ann/hello')

  const outcome = async (name: string): Promise<Outcome> => {
    const dist = join(folder, name)
    await rm(dist, { recursive: true, force: true })
    await run(['cp', '-a', join(root, 'dist'), dist])
    const calls = await Promise.all((await readdir(notes)).map((one) => readFile(join(notes, one), 'utf8')))
    await rm(notes, { recursive: true })
    await mkdir(notes)
    const all = await readdir(dist, { recursive: true, withFileTypes: true })
    const read = (file: string): Promise<string> => readFile(join(dist, file), 'utf8')
    return {
      dist,
      files: all
        .filter((one) => one.isFile())
        .map((one) => relative(dist, join(one.parentPath, one.name)))
        .toSorted(),
      calls: calls.toSorted(),
      artifacts: byName(await read('artifacts.json')),
      read,
      members: async (file) => membersOf(join(dist, file)),
    }
  }
  const ours: Peer['ours'] = async (yaml, options = {}) => {
    await writeFile(join(root, '.goreleaser.yaml'), yaml)
    const events = new Events()
    const seen: Event[] = []
    events.on((event) => seen.push(event))
    const { signal } = new AbortController()
    const { stripSecrets = false, ...rest } = options
    const work = join(folder, 'work')
    await mkdir(work, { recursive: true })
    const released = await release(
      { root, snapshot: true, clean: true, skip: new Set(), ...rest },
      {
        events,
        env,
        credentials: credentialsOf({}),
        http: createHttp({ routes: {}, signal, events, userAgent: 'tagonce/test', offline: true }),
        signal,
        folder: work,
        stripSecrets,
      },
    )
    return { ...released, events: seen }
  }
  return {
    root,
    env,
    repository,
    ours,
    async both(yaml, { snapshot, skip = [] }) {
      await writeFile(join(root, '.goreleaser.yaml'), yaml)
      if (!snapshot) await repository.commit('Config')
      const tag = `v1.${await countOf(repository)}.0`
      if (!snapshot) await repository.git('tag', tag)
      const words = skip.length === 0 ? [] : [`--skip=${skip.join(',')}`]
      const argv = [GORELEASER ?? '', 'release', '--clean', ...(snapshot ? ['--snapshot'] : []), ...words]
      const result = await run(argv, { cwd: root, env })
      if (result.code !== 0) throw new Error(`goreleaser: ${result.stderr}`)
      const theirs = await outcome('theirs')
      await ours(yaml, { snapshot, skip: new Set(skip) })
      return { theirs, ours: await outcome('ours') }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function countOf(repository: TestRepository): Promise<number> {
  return Number(await repository.git('rev-list', '--count', 'HEAD'))
}

function byName(json: string): Record<string, unknown> {
  const all = JSON.parse(json) as { name: string; type: string; path: string; extra?: Record<string, unknown> }[]
  const plain = all.map((one) => {
    const { Checksum, Size, ...extra } = one.extra ?? {}
    const told = [Checksum === undefined ? '' : 'digest', Size === undefined ? '' : 'size']
    return [`${one.name} ${one.type} ${one.path}`, { ...one, extra, told }] as const
  })
  return Object.fromEntries(plain)
}

async function membersOf(path: string): Promise<string[]> {
  const zip = path.endsWith('.zip')
  const { stdout } = await run(zip ? ['unzip', '-Z', path] : ['tar', 'tvf', path], {
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
  })
  const lines = stdout.split('\n').filter((line) => /^[-l]/.test(line))
  return lines.map((line) => {
    const parts = line.split(/\s+/)
    return zip
      ? `${parts[0]} ${parts[3]} ${parts.slice(8).join(' ')}`
      : `${parts[0]} ${parts[2]} ${parts.slice(5).join(' ')}`
  })
}
