import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findConfigs } from '../config/find.ts'
import { detectLanguages, type Language, LANGUAGES, readFacts } from '../config/init/detect.ts'
import { IGNORED, starterConfig } from '../config/init/starter.ts'
import { TagonceError } from '../core/errors.ts'
import { inside } from '../core/paths.ts'

export interface InitOptions {
  /** Absolute root of the project. */
  root: string
  /** One of `go`, `rust`, `node`, `bun`, `deno`, `zig`, `uv`, `poetry`; found by the files of the project unless set. */
  language?: string
  /** The file to write, `.goreleaser.yaml` unless set. */
  file?: string
}

export interface InitAnswer {
  file: string
  language: Language
  /** The file that told the language; absent where it was named. */
  because?: string
  /** Other languages that the folder has files of. */
  others: Language[]
  /** Lines that were added to `.gitignore`. */
  ignored: string[]
}

/**
 * Writes a config for the project of a folder, and has git ignore what a release makes. Nothing that is there is overwritten.
 * @throws TagonceError `usage` for an unknown language, or one that can't be told; `config` where there is a config already
 * @example (await init({ root: '/repo' })).language // 'go'
 */
export async function init(options: InitOptions): Promise<InitAnswer> {
  const { root, file = '.goreleaser.yaml' } = options
  const named = LANGUAGES.find((one) => one === options.language)
  if (options.language !== undefined && named === undefined) {
    throw new TagonceError('usage', `there is no language ${options.language}`, {
      hint: `it can be ${LANGUAGES.join(', ')}`,
    })
  }
  const [there] = options.file === undefined ? findConfigs(root) : []
  if (there !== undefined) throw exists(there)
  const facts = await readFacts(root)
  const found = detectLanguages(facts)
  const language = named ?? found[0]?.language
  if (language === undefined) {
    throw new TagonceError('usage', 'no file here tells the language of the project', {
      hint: `run it in the root of the project, or name it: --language ${LANGUAGES.join('|')}`,
    })
  }
  await writeNew(root, file, starterConfig(language, facts))
  const ignored = await ignore(root, IGNORED[language])
  const others = found.map((one) => one.language).filter((one) => one !== language)
  const because = named === undefined ? found[0]?.because : undefined
  return { file, language, others, ignored, ...(because === undefined ? {} : { because }) }
}

async function writeNew(root: string, file: string, text: string): Promise<void> {
  try {
    await writeFile(inside(root, file), text, { flag: 'wx' })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : ''
    if (code === 'EEXIST') throw exists(file)
    if (code === 'ENOENT') {
      throw new TagonceError('config', `the folder of ${file} does not exist`, { cause, hint: 'make it first' })
    }
    throw cause
  }
}

function exists(file: string): TagonceError {
  return new TagonceError('config', `${file} is there already, and is not overwritten`, {
    hint: `look at it with \`tagonce check\`, or delete it and run this again`,
  })
}

/** Adds lines to `.gitignore`, but for those that are in it. */
async function ignore(root: string, wanted: readonly string[]): Promise<string[]> {
  const path = join(root, '.gitignore')
  const before = await readFile(path, 'utf8').catch(() => '')
  const known = new Set(before.split(/\r?\n/).map((line) => line.trim().replace(/^\//, '').replace(/\/$/, '')))
  const lines = wanted.filter((line) => !known.has(line.replace(/\/$/, '')))
  if (lines.length === 0) return []
  const gap = before === '' ? '' : before.endsWith('\n') ? '\n' : '\n\n'
  await appendFile(path, `${gap}# what a release makes\n${lines.join('\n')}\n`)
  return lines
}
