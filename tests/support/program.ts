import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../src/external/process.ts'

export const CHECKOUT = join(import.meta.dirname, '..', '..')
/** The file that `tagonce` is, after `npm install -g tagonce`. */
export const PROGRAM = join(CHECKOUT, 'package', 'bin', 'tagonce.cjs')

/** What a run of the program left behind. */
export interface Ran {
  code: number
  stdout: string
  stderr: string
  /** Both, for what must or must not be said at all. */
  all: string
}

export interface RunSettings {
  cwd?: string
  env?: Record<string, string | undefined>
  /** Comes before the program: `['unshare', '-n']`. */
  wrap?: string[]
  /** The Node that runs it. */
  node?: string
  /** 120 s unless set. */
  timeout?: number
}

/** The environment of a user without any credential; nothing of the machine's git settings gets in. */
export function plainEnv(more: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  const kept = ['PATH', 'HOME', 'GOCACHE', 'GOMODCACHE', 'GOPATH', 'GOROOT', 'XDG_CACHE_HOME', 'TMPDIR']
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    NODE_COMPILE_CACHE: join(tmpdir(), 'tagonce-test-compile-cache'),
    ...more,
  }
}

/**
 * Runs the real program.
 * @example const { code, stderr } = await tagonce(['plan'], { cwd: project })
 */
export async function tagonce(args: string[], settings: RunSettings = {}): Promise<Ran> {
  const { wrap = [], node = process.execPath, cwd, env, timeout = 120_000 } = settings
  const { code, stdout, stderr } = await run([...wrap, node, PROGRAM, ...args], {
    env: plainEnv(env),
    timeout,
    ...(cwd === undefined ? {} : { cwd }),
  })
  return { code, stdout, stderr, all: `${stdout}${stderr}` }
}
