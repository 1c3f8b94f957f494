import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../external/process.ts'
import { callFacts } from './calls.ts'
import { distFacts } from './dist.ts'
import { type Facts, fact, note } from './facts.ts'
import { withoutTildes } from './tilde.ts'

/** One of the two programs. */
export interface Contestant {
  /** Program and first arguments. */
  argv: string[]
  /** A clone of its own, which it may change. */
  root: string
  /** Where the recorders note its calls. */
  calls: string
  env: Record<string, string | undefined>
}

export interface Exercise {
  /** `release --snapshot --clean` and what else it needs; undefined where only `check` is to be run. */
  release: string[] | undefined
  /** Of the commit, seconds since the epoch. */
  commit: number
  /** Whether the bytes of binaries are the same for both: they are with a stand-in for the compiler. */
  binaries: 'bytes' | 'names'
  /** `dist` of the config, in the clone; `dist` where it is not set. */
  dist?: string
  signal?: AbortSignal
}

export interface Observed {
  facts: Facts
  /** What it printed, for who wants to know why it failed. */
  said: string
  code: number
}

/** Runs `check` and `release` of one of the two, and notes everything that can be seen of it. */
export async function observe({ argv, root, calls, env }: Contestant, exercise: Exercise): Promise<Observed> {
  const facts: Facts = new Map()
  await mkdir(calls, { recursive: true })
  const options = {
    cwd: root,
    env: { ...env, CALLS: calls },
    ...(exercise.signal === undefined ? {} : { signal: exercise.signal }),
  }
  // Files of the clone are a little older than the run.
  const began = Date.now() / 1000 - 60
  const check = await run([...argv, 'check'], options)
  note(facts, fact('check', 'exit code'), String(check.code))
  if (exercise.release === undefined) return { facts, said: check.stdout + check.stderr, code: check.code }
  const release = await run([...argv, 'release', ...exercise.release], options)
  const when = { root, began, ended: Date.now() / 1000, commit: exercise.commit }
  note(facts, fact('release', 'exit code'), String(release.code))
  // What a run that failed leaves behind is chance.
  if (release.code === 0) {
    await callFacts(calls, options.env, when, facts)
    const dist = join(root, exercise.dist ?? 'dist')
    if ((await stat(dist).catch(() => undefined)) !== undefined) await distFacts(dist, when, facts, exercise.binaries)
  }
  return {
    facts: withoutTildes(facts),
    said: `${check.stdout}${check.stderr}${release.stdout}${release.stderr}`,
    code: release.code,
  }
}
