import { existsSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { type Difference, differences, kinds } from '../compare/facts.ts'
import { intended } from '../compare/on-purpose.ts'
import { observe, type Observed } from '../compare/run.ts'
import { readConfig } from '../config/load.ts'
import { TagonceError } from '../core/errors.ts'
import { tempFolder } from '../core/temp.ts'
import { gitIn } from '../external/git.ts'
import { run } from '../external/process.ts'

export interface MigrateOptions {
  /** The user's repository; it is only read. */
  root: string
  env: Record<string, string | undefined>
  signal: AbortSignal
  /** GoReleaser's program; else the first on the PATH. */
  goreleaser?: string
  /** How this program is started. */
  tagonce: string[]
  /** Words of `--skip`, for both. */
  skip: string[]
  /** Told before each of the two runs. */
  onStep?: (step: string) => void
}

export interface Compared {
  /** What GoReleaser says it is. */
  version: string
  /** How much of which kind was compared: `[['archive', 12], …]`. */
  compared: [kind: string, count: number][]
  /** What differs and should not. */
  found: Difference[]
  /** Reasons of what differs on purpose (headings of docs/goreleaser.md), with how often: `[['Linux packages', 3]]`. */
  meant: [reason: string, count: number][]
  /** Whether both made a snapshot, and the same but for what is meant. */
  safe: boolean
  /** The last lines of who failed. */
  failed: { who: string; said: string }[]
}

/**
 * Makes a snapshot of HEAD with GoReleaser and one with tagonce, each in a clone of its own, and holds them side by side.
 * @throws TagonceError `tool-missing` where there is no GoReleaser, `source` where there is no commit
 * @example (await compareWithGoReleaser({ root, env, signal, tagonce: ['tagonce'], skip: [] })).safe
 */
export async function compareWithGoReleaser(options: MigrateOptions): Promise<Compared> {
  const { env, signal, skip } = options
  const goreleaser = find('goreleaser', env, options.goreleaser)
  if (goreleaser === undefined) {
    const where = options.goreleaser ?? 'on the PATH'
    throw new TagonceError(
      'tool-missing',
      `there is no GoReleaser ${where === 'on the PATH' ? where : `at ${where}`}`,
      {
        hint: 'go install github.com/goreleaser/goreleaser/v2@latest, or see https://goreleaser.com/install, or name it with --goreleaser',
      },
    )
  }
  await using folder = await tempFolder('migrate')
  const bin = await recorder(join(folder.path, 'bin'), env)
  const both = { ...env, PATH: `${bin}${delimiter}${env['PATH'] ?? ''}` }
  const release = ['--snapshot', '--clean', ...(skip.length === 0 ? [] : [`--skip=${skip.join(',')}`])]
  const { dist = 'dist' } = await readConfig(options.root).then(
    ({ config }) => config,
    // `check` of the two says what is wrong with it.
    () => ({ dist: undefined }),
  )
  const one = async (word: string, argv: string[]): Promise<Observed> => {
    const root = join(folder.path, word, 'project')
    const commit = await cloneHead(options.root, root, env, signal)
    options.onStep?.(argv[0] === goreleaser ? 'goreleaser' : 'tagonce')
    const contestant = { argv, root, calls: join(folder.path, `${word}-calls`), env: both }
    return observe(contestant, { release, commit, binaries: 'names', dist, signal })
  }
  const theirs = await one('a', [goreleaser])
  const ours = await one('b', options.tagonce)
  const all = differences(theirs.facts, ours.facts).map((one) => ({ one, reason: intended(one)[0]?.reason }))
  const found = all.filter(({ reason }) => reason === undefined).map(({ one }) => one)
  const meant = new Map<string, number>()
  for (const { reason } of all) if (reason !== undefined) meant.set(reason, (meant.get(reason) ?? 0) + 1)
  const { stdout } = await run([goreleaser, '--version'], { env, signal })
  const failed = [
    { who: 'goreleaser', ...theirs },
    { who: 'tagonce', ...ours },
  ].flatMap(({ who, code, said }) =>
    code === 0 ? [] : [{ who, said: said.trimEnd().split('\n').slice(-12).join('\n') }],
  )
  return {
    version: /GitVersion:\s*(\S+)/.exec(stdout)?.[1] ?? stdout.trim().split('\n')[0] ?? '',
    compared: [...kinds(theirs.facts)],
    found,
    meant: [...meant],
    safe: found.length === 0 && failed.length === 0,
    failed,
  }
}

function find(name: string, env: Record<string, string | undefined>, given?: string): string | undefined {
  const places =
    given === undefined ? (env['PATH'] ?? '').split(delimiter).map((one) => join(one, name)) : [resolve(given)]
  return places.find((one) => existsSync(one))
}

/** A clone of HEAD with its tags and the address of its remote, so that templates say the same. */
async function cloneHead(
  from: string,
  to: string,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<number> {
  await mkdir(to, { recursive: true })
  const source = gitIn(from, env, signal)
  const head = (await source.ask(['rev-parse', 'HEAD']))?.trim()
  if (head === undefined) throw new TagonceError('source', 'there is no commit to compare', { hint: 'commit first' })
  const clone = gitIn(to, env, signal)
  const branch = (await source.ask(['branch', '--show-current']))?.trim() ?? ''
  await clone.lines(['clone', '--quiet', '--no-hardlinks', '--no-checkout', from, '.'])
  await clone.lines(['checkout', '--quiet', ...(branch === '' ? ['--detach', head] : ['-B', branch, head])])
  const remote = (await source.ask(['config', '--get', 'remote.origin.url']))?.trim()
  if (remote !== undefined) await clone.lines(['remote', 'set-url', 'origin', remote])
  return Number(await clone.ask(['log', '-1', '--format=%ct']))
}

/** Puts a `go` on the PATH that notes how it is called, and hands the call on to the real one. */
async function recorder(folder: string, env: Record<string, string | undefined>): Promise<string> {
  await mkdir(folder, { recursive: true })
  const go = find('go', env)
  if (go === undefined || process.platform === 'win32') return folder
  const script = `#!/bin/sh
note=$(mktemp "$CALLS/XXXXXXXX")
printf 'go\\0%s\\0%s\\0' "$PWD" "$#" > "$note"
[ $# -eq 0 ] || printf '%s\\0' "$@" >> "$note"
env -0 >> "$note" 2> /dev/null
exec '${go.replaceAll("'", `'\\''`)}' "$@"
`
  await writeFile(join(folder, 'go'), script)
  await chmod(join(folder, 'go'), 0o755)
  return folder
}
