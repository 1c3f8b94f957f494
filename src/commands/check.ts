import { readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fixConfig } from '../config/fix/fix.ts'
import { readConfig } from '../config/load.ts'
import type { Outside } from '../config/outside.ts'
import type { checkChannels } from './check-channels.ts'
import { TagonceError } from '../core/errors.ts'
import type { Diagnostic } from '../core/errors.ts'

export interface CheckResult {
  /** Relative to the root. */
  file: string
  state: 'valid' | 'deprecated' | 'invalid'
  diagnostics: Diagnostic[]
  /** What `fix` rewrote, a line each. */
  fixed?: string[]
}

/**
 * Checks configs: their schema, values, templates and deprecated keys. Without `files`, the one that a release would
 * read. With `fix`, deprecated keys and those of version 1 are rewritten first. Exit codes are GoReleaser's: 1 when a config is invalid, 2 when one is valid but uses deprecated keys.
 *
 * @example (await check({ root: '.' })).exitCode // 0
 */
export async function check(options: {
  root: string
  files?: string[]
  fix?: boolean
  /** Reads what a config names by an address. */
  outside?: Outside
  /** With it, what the channels say is told of a valid config, too, as warnings; of one config, and of no text from standard input. */
  env?: Record<string, string | undefined>
  signal?: AbortSignal
}): Promise<{ results: CheckResult[]; exitCode: 0 | 1 | 2 }> {
  const files = options.files === undefined || options.files.length === 0 ? [undefined] : options.files
  const alone = files.length === 1 && files[0] !== '-'
  const results = await Promise.all(files.map((file) => checkOne(options, file, alone)))
  const states = new Set(results.map(({ state }) => state))
  return { results, exitCode: states.has('invalid') ? 1 : states.has('deprecated') ? 2 : 0 }
}

async function checkOne(
  { root, fix = false, outside, env, signal }: Parameters<typeof check>[0],
  file: string | undefined,
  alone: boolean,
): Promise<CheckResult> {
  try {
    if (fix && file === '-') {
      throw new TagonceError('usage', '--fix rewrites a file, and `-` is standard input', { hint: 'name the file' })
    }
    const named = { ...(file === undefined ? {} : { file }), ...(outside === undefined ? {} : { outside }) }
    const loaded = await readConfig(root, named)
    const fixed = fix ? await rewrite(resolve(root, loaded.file)) : []
    const after = fixed.length === 0 ? loaded : await readConfig(root, named)
    const state = stateOf(after.diagnostics)
    const asked = alone && env !== undefined && state !== 'invalid' && CHANNELS.some((key) => key in after.config)
    const io = { root, env: env ?? {}, ...(signal === undefined ? {} : { signal }) }
    const channels = asked ? await channelsSay(after, io) : []
    const diagnostics = [...after.diagnostics, ...channels]
    return { file: after.file, state, diagnostics, ...(fix ? { fixed } : {}) }
  } catch (error) {
    if (!(error instanceof TagonceError) || error.code !== 'config') throw error
    const { message, hint } = error
    const diagnostic: Diagnostic = { severity: 'error', code: 'no-config', message, ...(hint ? { mend: hint } : {}) }
    return { file: file ?? '.goreleaser.yaml', state: 'invalid', diagnostics: [diagnostic] }
  }
}

/** Keys of package managers, and of what comes after them: where none is used, nothing more is loaded. */
const CHANNELS = [
  'brews',
  'homebrew_casks',
  'npms',
  'dockers',
  'docker_manifests',
  'dockers_v2',
  'kos',
  'docker_signs',
  'pypis',
  'scoops',
  'winget',
  'krews',
  'nix',
  'aurs',
  'aur_sources',
  'chocolateys',
  'snapcrafts',
  'blobs',
  'uploads',
  'artifactories',
  'mcp',
  'milestones',
  'publishers',
  'announce',
]

/** Where git says nothing (no git, no trust in the folder), that is told: the config is valid all the same. */
async function channelsSay(...of: Parameters<typeof checkChannels>): Promise<Diagnostic[]> {
  try {
    const late = await import('./check-channels.ts')
    return await late.checkChannels(...of)
  } catch (error) {
    if (!(error instanceof TagonceError) || !['source', 'tool-missing'].includes(error.code)) throw error
    const message = `what the channels say is not checked: ${error.message}`
    const mend = error.hint === undefined ? {} : { mend: error.hint }
    return [{ severity: 'warning', code: 'channels-unchecked', message, ...mend }]
  }
}

/** Writes the mended text beside the file, then puts it in its place: a file is never half written. */
async function rewrite(path: string): Promise<string[]> {
  const real = await realpath(path)
  const before = await readFile(real, 'utf8')
  const { text, done } = fixConfig(before)
  if (done.length === 0) return []
  const beside = `${real}.${process.pid}.tmp`
  await writeFile(beside, text, { mode: (await stat(real)).mode })
  await rename(beside, real)
  return done
}

function stateOf(diagnostics: Diagnostic[]): CheckResult['state'] {
  if (diagnostics.some(({ severity }) => severity === 'error')) return 'invalid'
  return diagnostics.some(({ code }) => code === 'deprecated') ? 'deprecated' : 'valid'
}
