import { readFile } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { TagonceError, throwIfErrors } from '../core/errors.ts'
import type { Diagnostic, Position } from '../core/errors.ts'
import { unsupportedKeys } from './built.ts'
import type { Unsupported } from './built.ts'
import type { Config } from './config.ts'
import { decode, placePosition } from './decode.ts'
import type { Place } from './decode.ts'
import { applyDeprecations } from './deprecations.ts'
import { findConfigs } from './find.ts'
import { withIncludes } from './includes.ts'
import { withMonorepo } from './monorepo.ts'
import { readNotes } from './notes.ts'
import type { Outside } from './outside.ts'
import { readOwn } from './own.ts'
import type { OwnConfig } from './own.ts'
import { pathKey } from './path.ts'
import type { Path } from './path.ts'
import { RULES } from './rules/rules.ts'
import { project } from './schema/project.ts'
import { parseTree } from './syntax.ts'
import { checkTemplates } from './templates.ts'

/** A config that was read, with what is known about it. */
export interface Loaded {
  /** Normalised, nothing defaulted: see `withDefaults`. */
  config: Config
  /** `tagonce.yaml`; empty when there is none. */
  own: OwnConfig
  /** Path of the config, relative to the root, with forward slashes. */
  file: string
  text: string
  /** Where a value stands, or the nearest thing around it that stands in a file. */
  positionOf(path: Path): Position | undefined
  /** The place of exactly this value. */
  placeOf(path: Path): Place | undefined
  diagnostics: Diagnostic[]
  /** Keys that GoReleaser knows and that are not carried out yet. */
  unsupported: Unsupported[]
}

export interface LoadOptions {
  file?: string
  outside?: Outside
}

/**
 * Reads the config of a project, and collects everything that is wrong with it. Throws `config` only when there is no
 * file to read; use `loadConfig` where problems should end the command.
 *
 * `file` is relative to the root (or absolute), or `-` for standard input; without it, GoReleaser's look-up order counts.
 * Addresses (`from_url`) are read by `outside` only.
 */
export async function readConfig(root: string, options: LoadOptions = {}): Promise<Loaded> {
  const diagnostics: Diagnostic[] = []
  const file = options.file === undefined ? await choose(root, diagnostics) : options.file
  const shown = (isAbsolute(file) ? relative(root, file) : file).replaceAll('\\', '/')
  const bytes = file === '-' ? await standardInput() : await read(isAbsolute(file) ? file : join(root, file), shown)
  const tree = parseTree(shown, bytes)
  diagnostics.push(...tree.diagnostics)
  const decoded = decode(tree, project)
  // A file that is no YAML is reported as such; what its pieces mean would be guesswork.
  const readable = tree.diagnostics.every((one) => one.severity !== 'error')
  if (readable) diagnostics.push(...decoded.diagnostics)
  const written = { config: readable && isRecord(decoded.value) ? decoded.value : {}, places: decoded.places }
  const { outside } = options
  const whole = await withIncludes(written, { root, diagnostics, outside }, [resolve(root, shown)])
  const { places } = whole
  const config = whole.config as Config
  const positionOf = (path: Path): Position | undefined => nearest(places, path)
  const empty = tree.root === undefined
  const own = await readOwn(root, shown === '-' ? '' : shown, config, places, diagnostics)
  diagnostics.push(...(await readNotes(root, config, places, outside)))
  const unsupported = unsupportedKeys(places.values())
  if (readable && (empty || isRecord(decoded.value))) {
    diagnostics.push(...checkTemplates(config, places))
    diagnostics.push(...applyDeprecations(config, places))
    const firstLine: Position = { file: shown, line: 1, column: 1 }
    for (const rule of RULES) {
      diagnostics.push(...rule({ config, empty, firstLine, env: process.env, positionOf }))
    }
  }
  return {
    config: withMonorepo(config),
    own,
    file: shown,
    text: tree.text,
    positionOf,
    placeOf: (path) => places.get(pathKey(path)),
    diagnostics: inOrder(diagnostics),
    unsupported,
  }
}

/**
 * Reads the config of a project. Throws `config` with every problem at once when there is an error among them;
 * warnings are left in `diagnostics`.
 *
 * @example
 * const loaded = await loadConfig('/repo')
 * loaded.config.builds?.[0]?.main // './cmd/hello'
 * loaded.positionOf(['builds', 0, 'main']) // { file: '.goreleaser.yaml', line: 4, column: 11, length: 11 }
 */
export async function loadConfig(root: string, options: LoadOptions = {}): Promise<Loaded> {
  const loaded = await readConfig(root, options)
  throwIfErrors('config', `${loaded.file} has problems`, loaded.diagnostics)
  return loaded
}

async function choose(root: string, diagnostics: Diagnostic[]): Promise<string> {
  const [first, ...others] = findConfigs(root)
  if (first === undefined) {
    throw new TagonceError('config', 'there is no `.goreleaser.yaml` in this folder', {
      hint: 'write one (`tagonce init` does), or name the file with `--config`',
    })
  }
  for (const other of others) {
    diagnostics.push({
      severity: 'warning',
      code: 'two-configs',
      message: `\`${other}\` is not read: \`${first}\` comes before it`,
      where: { file: other, line: 1, column: 1 },
      mend: 'delete the one that is not meant; two configs drift apart',
    })
  }
  return first
}

/** Read once: a command may look at the config several times. */
let typed: Promise<Uint8Array> | undefined

function standardInput(): Promise<Uint8Array> {
  typed ??= buffer(process.stdin)
  return typed
}

async function read(path: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : `can’t be read (${code})`
    throw new TagonceError('config', `${shown} ${why}`, { cause, hint: 'check the path after `--config`' })
  }
}

/** The place of a path, or of the nearest value around it. */
function nearest(places: Map<string, Place>, path: Path): Position | undefined {
  for (let length = path.length; length > 0; length--) {
    const place = places.get(pathKey(path.slice(0, length)))
    if (place !== undefined) return placePosition(place)
  }
  return undefined
}

/** In the order of the files; an alias repeats what it stands for, but not its problems. */
function inOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  const key = (one: Diagnostic): [string, number, number] => [
    one.where?.file ?? '',
    one.where?.line ?? 0,
    one.where?.column ?? 0,
  ]
  const seen = new Set<string>()
  const once = diagnostics.filter((one) => {
    const name = JSON.stringify([one.code, one.where, one.mend])
    return one.where === undefined || !seen.has(name) ? seen.add(name) !== undefined : false
  })
  return once.sort((a, b) => {
    const [fileA, lineA, columnA] = key(a)
    const [fileB, lineB, columnB] = key(b)
    return fileA < fileB ? -1 : fileA > fileB ? 1 : lineA - lineB || columnA - columnB
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
